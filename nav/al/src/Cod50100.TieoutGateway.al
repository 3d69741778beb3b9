codeunit 50100 "Tieout Gateway"
{
    // Published as SOAP service TieoutGateway. The contract is docs/protocols/gateway.md of
    // Tieout. Functions that are not local are what the service offers: do not add others.

    Permissions = TableData "Tieout Key" = r,
                  TableData "Tieout Gateway Setup" = rim;

    var
        EpochErr: Label 'TIEOUT-EPOCH the stored epoch is %1, this call has %2';
        NoEpochErr: Label 'TIEOUT-REQUEST epoch: must be positive';
        TooManyErr: Label 'TIEOUT-REQUEST %1 commands; a call has at most %2';
        UnreadableErr: Label 'TIEOUT-REQUEST command %1, %2: cannot read "%3"';
        SetupErr: Label 'TIEOUT-SETUP %1 is missing in %2';
        EpochLostTxt: Label 'the epoch was lost';
        TimeOverTxt: Label 'the time of the call is over';

    procedure Ping(): Text
    var
        GLSetup: Record "General Ledger Setup";
        UserSetup: Record "User Setup";
        Setup: Record "Tieout Gateway Setup";
        FromDate: Date;
        ToDate: Date;
    begin
        GLSetup.Get();
        FromDate := GLSetup."Allow Posting From";
        ToDate := GLSetup."Allow Posting To";
        // As codeunit 11: one date set for the user replaces both dates of the company.
        if UserSetup.Get(UserId) then
            if (UserSetup."Allow Posting From" <> 0D) or (UserSetup."Allow Posting To" <> 0D) then begin
                FromDate := UserSetup."Allow Posting From";
                ToDate := UserSetup."Allow Posting To";
            end;
        if not Setup.Get() then
            Setup.Init();
        exit(
            'version=4;company=' + ConvertStr(CompanyName, ';', ',') +
            ';lcy=' + GLSetup."LCY Code" +
            ';epoch=' + Format(Setup.Epoch, 0, 9) +
            ';user=' + UserId +
            ';posting_from=' + Format(FromDate, 0, 9) +
            ';posting_to=' + Format(ToDate, 0, 9) +
            ';work_date=' + Format(WorkDate, 0, 9));
    end;

    procedure Find("Keys": XmlPort "Tieout Keys"; var Results: XmlPort "Tieout Results")
    var
        Setup: Record "Tieout Gateway Setup";
        TieoutKey: Record "Tieout Key";
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        "Keys".Import();
        "Keys".GetValues(TempValue);
        // NAV reads rows that are not committed. Every command holds this lock until it is,
        // so that behind it only committed rows are seen. No row yet: no command ever ran.
        Setup.LockTable();
        if Setup.Get() then;
        if TempValue.FindSet() then
            repeat
                if TieoutKey.Get(CopyStr(TempValue.Value, 1, 35)) then
                    AddKeyResult(Results, TieoutKey, 'already', TieoutKey."Payload Hash");
            until TempValue.Next() = 0;
    end;

    procedure Claim(Epoch: BigInteger): BigInteger
    var
        Setup: Record "Tieout Gateway Setup";
    begin
        // Waits for the command that holds the lock. The next one sees the new epoch.
        LockSetup(Setup);
        RaiseEpoch(Setup, Epoch);
        Commit();
        exit(Setup.Epoch);
    end;

    procedure LastEntry(): Integer
    var
        GLEntry: Record "G/L Entry";
    begin
        // Every posting, application and reversal, whoever does it, locks the last entry before it
        // writes and keeps that lock until it is committed or rolled back. Waits for it here.
        GLEntry.LockTable();
        if GLEntry.FindLast() then;
        Commit();
        exit(GLEntry."Entry No.");
    end;

    procedure CreateCustomers(Epoch: BigInteger; Customers: XmlPort "Tieout Customers"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Customers.Import();
        Customers.GetValues(TempValue);
        Work('CreateCustomers', Epoch, TempValue, Results);
    end;

    procedure Post(Epoch: BigInteger; Documents: XmlPort "Tieout Documents"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Documents.Import();
        Documents.GetValues(TempValue);
        Work('Post', Epoch, TempValue, Results);
    end;

    procedure Apply(Epoch: BigInteger; Applications: XmlPort "Tieout Applications"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Applications.Import();
        Applications.GetValues(TempValue);
        Work('Apply', Epoch, TempValue, Results);
    end;

    procedure Unapply(Epoch: BigInteger; Applications: XmlPort "Tieout Applications"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Applications.Import();
        Applications.GetValues(TempValue);
        Work('Unapply', Epoch, TempValue, Results);
    end;

    procedure Reverse(Epoch: BigInteger; Reversals: XmlPort "Tieout Reversals"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Reversals.Import();
        Reversals.GetValues(TempValue);
        Work('Reverse', Epoch, TempValue, Results);
    end;

    procedure SetOnHold(Epoch: BigInteger; Holds: XmlPort "Tieout Holds"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Holds.Import();
        Holds.GetValues(TempValue);
        Work('SetOnHold', Epoch, TempValue, Results);
    end;

    procedure SetDueDate(Epoch: BigInteger; Dates: XmlPort "Tieout Due Dates"; var Results: XmlPort "Tieout Results")
    var
        TempValue: Record "Name/Value Buffer" temporary;
    begin
        Dates.Import();
        Dates.GetValues(TempValue);
        Work('SetDueDate', Epoch, TempValue, Results);
    end;

    local procedure Work(FunctionName: Text; Epoch: BigInteger; var TempValue: Record "Name/Value Buffer" temporary; var Results: XmlPort "Tieout Results")
    var
        TempCommand: Record "Name/Value Buffer" temporary;
        StartedAt: DateTime;
        EpochLost: Boolean;
        More: Boolean;
    begin
        StartedAt := CurrentDateTime;
        CheckRequest(Epoch, TempValue);
        CheckSetup(FunctionName);
        // Commit point call_received: nothing is written so far.
        StoreEpoch(Epoch);
        // Commit point epoch_stored.
        if TempValue.FindSet() then
            repeat
                More := TakeCommand(TempValue, TempCommand);
                if EpochLost then
                    AddResult(Results, KeyOf(TempCommand), 'not_tried', EpochLostTxt)
                else
                    if CurrentDateTime - StartedAt > 60000 then
                        AddResult(Results, KeyOf(TempCommand), 'not_tried', TimeOverTxt)
                    else
                        EpochLost := not RunOne(FunctionName, Epoch, TempCommand, Results);
            until not More;
        // Commit point answer_ready: NAV exports Results, which is a var parameter, by itself.
    end;

    local procedure RunOne(FunctionName: Text; Epoch: BigInteger; var TempCommand: Record "Name/Value Buffer" temporary; var Results: XmlPort "Tieout Results") EpochKept: Boolean
    var
        TieoutKey: Record "Tieout Key";
        KeyText: Text;
        StatusText: Text;
    begin
        KeyText := KeyOf(TempCommand);
        // The request and the answer of codeunit 50101 are rows of the buffer it is run with,
        // since Run clears the variables of a codeunit.
        AddValue(TempCommand, -4, 'Function', FunctionName);
        AddValue(TempCommand, -3, 'Epoch', Format(Epoch, 0, 9));
        AddValue(TempCommand, -2, 'Status', '');
        AddValue(TempCommand, -1, 'Text', '');
        // if Codeunit.Run makes one transaction of the command: an error rolls it back whole and
        // is answered instead of ending the call. NAV refuses it while a transaction is open,
        // therefore Commit.
        Commit();
        ClearLastError();
        if not Codeunit.Run(Codeunit::"Tieout Run Command", TempCommand) then begin
            if StrPos(GetLastErrorText, 'TIEOUT-EPOCH') = 1 then begin
                AddResult(Results, KeyText, 'not_tried', EpochLostTxt);
                exit(false);
            end;
            AddResult(Results, KeyText, 'refused', GetLastErrorText);
            exit(true);
        end;
        // Commit point committed: the end of Codeunit.Run commits. The Commit below has nothing
        // left to do and is there for the reader.
        Commit();
        StatusText := ValueOf(TempCommand, -2);
        if StatusText in ['posted', 'already'] then begin
            TieoutKey.Get(CopyStr(KeyText, 1, 35));
            AddKeyResult(Results, TieoutKey, StatusText, '');
        end else // conflict or skipped
            AddResult(Results, KeyText, StatusText, ValueOf(TempCommand, -1));
        exit(true);
    end;

    local procedure TakeCommand(var TempValue: Record "Name/Value Buffer" temporary; var TempCommand: Record "Name/Value Buffer" temporary) More: Boolean
    begin
        // The values of one command, which begin with its key. Answers whether another follows.
        TempCommand.Reset();
        TempCommand.DeleteAll();
        repeat
            TempCommand := TempValue;
            TempCommand.Insert();
            More := TempValue.Next() <> 0;
        until (not More) or (TempValue.Name = 'Key');
    end;

    local procedure LockSetup(var Setup: Record "Tieout Gateway Setup")
    begin
        // LockTable: the row is read with a lock that is kept until the end of the transaction.
        Setup.LockTable();
        if not Setup.Get() then begin
            Setup.Init();
            Setup.Insert();
        end;
    end;

    local procedure RaiseEpoch(var Setup: Record "Tieout Gateway Setup"; Epoch: BigInteger)
    begin
        if Epoch > Setup.Epoch then begin
            Setup.Epoch := Epoch;
            Setup.Modify();
        end;
    end;

    local procedure StoreEpoch(Epoch: BigInteger)
    var
        Setup: Record "Tieout Gateway Setup";
    begin
        LockSetup(Setup);
        // A call whose epoch is stored already is one that comes a second time.
        if Setup.Epoch >= Epoch then
            Error(EpochErr, Format(Setup.Epoch, 0, 9), Format(Epoch, 0, 9));
        RaiseEpoch(Setup, Epoch);
        Commit();
    end;

    local procedure CheckRequest(Epoch: BigInteger; var TempValue: Record "Name/Value Buffer" temporary)
    var
        TieoutRunCommand: Codeunit "Tieout Run Command";
        CommandNo: Integer;
    begin
        if Epoch <= 0 then
            Error(NoEpochErr);
        TempValue.SetRange(Name, 'Key');
        if TempValue.Count() > 500 then
            Error(TooManyErr, TempValue.Count(), 500);
        TempValue.Reset();
        if TempValue.FindSet() then
            repeat
                if TempValue.Name = 'Key' then
                    CommandNo += 1;
                if not TieoutRunCommand.IsReadable(TempValue.Name, TempValue.Value) then
                    Error(UnreadableErr, CommandNo, TempValue.Name, TempValue.Value);
            until TempValue.Next() = 0;
    end;

    local procedure CheckSetup(FunctionName: Text)
    var
        GLSetup: Record "General Ledger Setup";
        SalesSetup: Record "Sales & Receivables Setup";
    begin
        if not GLSetup.Get() then
            GLSetup.Init();
        if GLSetup."LCY Code" = '' then
            Error(SetupErr, GLSetup.FieldCaption("LCY Code"), GLSetup.TableCaption());
        if FunctionName <> 'CreateCustomers' then
            exit;
        if not SalesSetup.Get() then
            SalesSetup.Init();
        if SalesSetup."Customer Nos." = '' then
            Error(SetupErr, SalesSetup.FieldCaption("Customer Nos."), SalesSetup.TableCaption());
    end;

    local procedure AddKeyResult(var Results: XmlPort "Tieout Results"; TieoutKey: Record "Tieout Key"; StatusText: Text; Explanation: Text)
    begin
        Results.AddResult(
            TieoutKey."Key", StatusText, TieoutKey."Result No.",
            Format(TieoutKey."Register No.", 0, 9), Format(TieoutKey."Entry No.", 0, 9),
            Format(TieoutKey.Amount, 0, 9), Format(TieoutKey."Posted At", 0, 9), Explanation);
    end;

    local procedure AddResult(var Results: XmlPort "Tieout Results"; KeyText: Text; StatusText: Text; Explanation: Text)
    begin
        Results.AddResult(KeyText, StatusText, '', '0', '0', '0', '', Explanation);
    end;

    local procedure AddValue(var TempCommand: Record "Name/Value Buffer" temporary; ID: Integer; Name: Text; Value: Text)
    begin
        TempCommand.Init();
        TempCommand.ID := ID;
        TempCommand.Name := CopyStr(Name, 1, MaxStrLen(TempCommand.Name));
        TempCommand.Value := CopyStr(Value, 1, MaxStrLen(TempCommand.Value));
        TempCommand.Insert();
    end;

    local procedure ValueOf(var TempCommand: Record "Name/Value Buffer" temporary; ID: Integer): Text
    begin
        TempCommand.Reset();
        TempCommand.Get(ID);
        exit(TempCommand.Value);
    end;

    local procedure KeyOf(var TempCommand: Record "Name/Value Buffer" temporary): Text
    begin
        TempCommand.Reset();
        TempCommand.SetRange(Name, 'Key');
        TempCommand.FindFirst();
        TempCommand.Reset();
        exit(TempCommand.Value);
    end;
}
