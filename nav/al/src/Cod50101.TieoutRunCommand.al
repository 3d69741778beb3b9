codeunit 50101 "Tieout Run Command"
{
    // One command of the gateway, in the transaction of the Codeunit.Run that runs it. An error
    // undoes all of it. Not published as a web service.

    TableNo = "Name/Value Buffer";
    Permissions = TableData "Tieout Key" = rim,
                  TableData "Tieout Gateway Setup" = r;

    trigger OnRun()
    begin
        // The rows are shared with the caller, who finds the answer in them.
        TempValue.Copy(Rec, true);
        RunCommand();
    end;

    var
        TempValue: Record "Name/Value Buffer" temporary;
        TempGenJnlLine: Record "Gen. Journal Line" temporary;
        EpochErr: Label 'TIEOUT-EPOCH the stored epoch is %1, this call has %2';
        ConflictTxt: Label '%1 is known with the hash %2';
        SkippedTxt: Label '%1 has no committed row';
        NothingToPostErr: Label 'There is nothing to post.';
        OutOfBalanceErr: Label '%1 is out of balance by %2, in local currency by %3.';
        OneCustomerErr: Label '%1 %2 must have exactly one customer, not %3 and %4.';
        TooEarlyErr: Label 'The posting date must not be before the posting date of the entry (%1).';
        DateNotAllowedErr: Label 'Posting Date %1 is not within the range of allowed posting dates.';
        NotPositiveErr: Label 'Amount must be positive.';
        NothingAppliedErr: Label 'Nothing was applied between entries %1 and %2.';
        NoApplicationErr: Label 'There is no application between entries %1 and %2.';
        LaterApplicationErr: Label 'Entry %1 is part of a later application or adjustment, which must be undone first.';
        NoDocumentErr: Label 'There is no posted document with the key %1.';
        OtherDateErr: Label 'With an additional reporting currency an application can only be undone on its own date (%1).';

    local procedure RunCommand()
    var
        Setup: Record "Tieout Gateway Setup";
        TieoutKey: Record "Tieout Key";
        Missing: Text;
    begin
        // LockTable: the epoch cannot be raised, and no other command can run, until this
        // transaction has ended. Claim waits here.
        Setup.LockTable();
        Setup.Get();
        if Setup.Epoch > ToBigInteger(Given('Epoch')) then
            Error(EpochErr, Format(Setup.Epoch, 0, 9), Given('Epoch'));
        if TieoutKey.Get(Given('Key')) then begin
            AnswerKnown(TieoutKey);
            exit;
        end;
        Missing := MissingDependency();
        if Missing <> '' then begin
            Answer('skipped', StrSubstNo(SkippedTxt, Missing));
            exit;
        end;
        InsertKey(TieoutKey);
        // Commit point key_inserted: the row is there, not committed.
        case Given('Function') of
            'CreateCustomers':
                CreateCustomer(TieoutKey);
            'Post':
                PostDocument(TieoutKey);
            'Apply':
                ApplyEntries(TieoutKey);
            'Unapply':
                UnapplyEntries(TieoutKey);
            'Reverse':
                ReverseDocument(TieoutKey);
            'SetOnHold':
                SetEntryOnHold(TieoutKey);
            'SetDueDate':
                SetEntryDueDate(TieoutKey);
        end;
        // Still the transaction that inserted the row: no committed row is ever changed.
        TieoutKey.Modify();
        Answer('posted', '');
        // Commit point lines_posted: the effect is complete. The caller's Codeunit.Run commits.
    end;

    local procedure AnswerKnown(TieoutKey: Record "Tieout Key")
    begin
        if (TieoutKey."Payload Hash" = Given('Hash')) and (TieoutKey.Kind = KindOfFunction()) then
            Answer('already', '')
        else
            Answer('conflict', StrSubstNo(ConflictTxt, TieoutKey."Key", TieoutKey."Payload Hash"));
    end;

    local procedure MissingDependency(): Text
    var
        TieoutKey: Record "Tieout Key";
    begin
        TempValue.Reset();
        TempValue.SetRange(Name, 'DependsOn');
        if TempValue.FindSet() then
            repeat
                if TempValue.Value <> '' then
                    if not TieoutKey.Get(TempValue.Value) then
                        exit(TempValue.Value);
            until TempValue.Next() = 0;
        exit('');
    end;

    local procedure InsertKey(var TieoutKey: Record "Tieout Key")
    begin
        TieoutKey.Init();
        TieoutKey."Key" := Given('Key');
        TieoutKey.Kind := KindOfFunction();
        TieoutKey."Payload Hash" := Given('Hash');
        TieoutKey.Epoch := ToBigInteger(Given('Epoch'));
        TieoutKey."Posted At" := CurrentDateTime;
        TieoutKey."User ID" := UserId;
        TieoutKey.Insert();
    end;

    local procedure KindOfFunction(): Integer
    var
        TieoutKey: Record "Tieout Key";
    begin
        case Given('Function') of
            'CreateCustomers':
                exit(TieoutKey.Kind::Customer);
            'Post':
                exit(TieoutKey.Kind::Document);
            'Apply':
                exit(TieoutKey.Kind::Application);
            'Unapply':
                exit(TieoutKey.Kind::Unapplication);
            'Reverse':
                exit(TieoutKey.Kind::Reversal);
            'SetOnHold':
                exit(TieoutKey.Kind::Hold);
            'SetDueDate':
                exit(TieoutKey.Kind::"Due Date");
        end;
    end;

    local procedure CreateCustomer(var TieoutKey: Record "Tieout Key")
    var
        Customer: Record Customer;
    begin
        Customer.Init();
        // Without a number: NAV's insert trigger takes the next one of the series.
        Customer.Insert(true);
        Customer.Validate(Name, Given('Name'));
        // The address is taken as it is: NAV's validation would exchange the city for the one of
        // its own post code table, and a contact would insert a person.
        Customer."Name 2" := Given('Name2');
        Customer.Address := Given('Address');
        Customer."Address 2" := Given('Address2');
        Customer.City := Given('City');
        Customer."Post Code" := Given('PostCode');
        Customer.County := Given('County');
        Customer.Validate("Country/Region Code", Given('CountryRegionCode'));
        Customer.Contact := Given('Contact');
        Customer."Phone No." := Given('PhoneNo');
        Customer.Validate("E-Mail", Given('EMail'));
        Customer.Validate("VAT Registration No.", Given('VATRegistrationNo'));
        Customer.Validate("Currency Code", Given('CurrencyCode'));
        Customer.Validate("Gen. Bus. Posting Group", Given('GenBusPostingGroup'));
        // After the general group, which proposes a VAT group.
        if Given('VATBusPostingGroup') <> '' then
            Customer.Validate("VAT Bus. Posting Group", Given('VATBusPostingGroup'));
        Customer.Validate("Customer Posting Group", Given('CustomerPostingGroup'));
        Customer.Validate("Payment Terms Code", Given('PaymentTermsCode'));
        if Given('BlockPaymentTolerance') <> '' then
            Customer.Validate("Block Payment Tolerance", Given('BlockPaymentTolerance') = 'true');
        if Given('TaxAreaCode') <> '' then
            Customer.Validate("Tax Area Code", Given('TaxAreaCode'));
        if Given('TaxLiable') <> '' then
            Customer.Validate("Tax Liable", Given('TaxLiable') = 'true');
        Customer.Modify(true);
        TieoutKey."Result No." := Customer."No.";
    end;

    local procedure PostDocument(var TieoutKey: Record "Tieout Key")
    var
        GenJnlLine: Record "Gen. Journal Line";
        GenJnlPostLine: Codeunit "Gen. Jnl.-Post Line";
    begin
        LockLedger();
        FillLines();
        CheckCustomer();
        CheckBalance();
        // Codeunit 12 and not 13: codeunit 13 commits by itself, which would part the document
        // from its key, and needs stored journal lines. One instance makes one register.
        TempGenJnlLine.Reset();
        TempGenJnlLine.FindSet();
        repeat
            GenJnlLine := TempGenJnlLine;
            GenJnlPostLine.RunWithCheck(GenJnlLine);
        until TempGenJnlLine.Next() = 0;
        TieoutKey."Result No." := GenJnlLine."Document No.";
        ReadBack(TieoutKey, GenJnlPostLine);
    end;

    local procedure FillLines()
    var
        GenJnlTemplate: Record "Gen. Journal Template";
        GenJnlBatch: Record "Gen. Journal Batch";
        LineID: Integer;
        LineNo: Integer;
    begin
        GenJnlTemplate.Get(Given('TemplateName'));
        GenJnlBatch.Get(GenJnlTemplate.Name, Given('BatchName'));
        LineID := NextLine(0);
        while LineID <> 0 do begin
            LineNo += 10000;
            StartLine(GenJnlBatch, GenJnlTemplate."Source Code", LineNo, LineID);
            FillAmounts(LineID);
            FillPostingGroups(LineID);
            FillTax(LineID);
            FillApplication(LineID);
            FillDimensions(LineID);
            TempGenJnlLine.Insert();
            LineID := NextLine(LineID);
        end;
        if LineNo = 0 then
            Error(NothingToPostErr);
    end;

    local procedure StartLine(GenJnlBatch: Record "Gen. Journal Batch"; SourceCode: Code[10]; LineNo: Integer; LineID: Integer)
    begin
        TempGenJnlLine.Init();
        TempGenJnlLine."Journal Template Name" := GenJnlBatch."Journal Template Name";
        TempGenJnlLine."Journal Batch Name" := GenJnlBatch.Name;
        TempGenJnlLine."Line No." := LineNo;
        TempGenJnlLine."Source Code" := SourceCode;
        TempGenJnlLine.Validate("Document Type", DocumentTypeNo(Given('DocumentType')));
        TempGenJnlLine.Validate("Document No.", Given('DocumentNo'));
        TempGenJnlLine.Validate("External Document No.", Given('Key'));
        TempGenJnlLine.Validate("Posting Date", ToDate(Given('PostingDate')));
        if Given('DocumentDate') <> '' then
            TempGenJnlLine.Validate("Document Date", ToDate(Given('DocumentDate')));
        // The account before due date and currency: its validation proposes both.
        TempGenJnlLine.Validate("Account Type", AccountTypeNo(GivenFrom(LineID, 'AccountType')));
        TempGenJnlLine.Validate("Account No.", GivenFrom(LineID, 'AccountNo'));
        if TempGenJnlLine."Deferral Code" <> '' then
            TempGenJnlLine.Validate("Deferral Code", '');
        FillCurrency();
        if Given('DueDate') <> '' then
            TempGenJnlLine.Validate("Due Date", ToDate(Given('DueDate')));
        TempGenJnlLine."Reason Code" := GenJnlBatch."Reason Code";
        if Given('ReasonCode') <> '' then
            TempGenJnlLine.Validate("Reason Code", Given('ReasonCode'));
    end;

    local procedure FillCurrency()
    begin
        if Given('CurrencyFactor') = '' then begin
            TempGenJnlLine.Validate("Currency Code", Given('CurrencyCode'));
            exit;
        end;
        // A factor stands for NAV's exchange rate table, which is then not asked.
        TempGenJnlLine."Currency Code" := Given('CurrencyCode');
        TempGenJnlLine.Validate("Currency Factor", ToDecimal(Given('CurrencyFactor')));
    end;

    local procedure FillAmounts(LineID: Integer)
    begin
        if GivenFrom(LineID, 'PostingGroup') <> '' then begin
            TempGenJnlLine.TestField("Account Type", TempGenJnlLine."Account Type"::Customer);
            TempGenJnlLine.Validate("Posting Group", GivenFrom(LineID, 'PostingGroup'));
        end;
        if GivenFrom(LineID, 'Description') <> '' then
            TempGenJnlLine.Validate(Description, GivenFrom(LineID, 'Description'));
        TempGenJnlLine.Validate(Amount, ToDecimal(GivenFrom(LineID, 'Amount')));
        if GivenFrom(LineID, 'AmountLCY') <> '' then
            TempGenJnlLine.Validate("Amount (LCY)", ToDecimal(GivenFrom(LineID, 'AmountLCY')));
    end;

    local procedure FillPostingGroups(LineID: Integer)
    begin
        // On a G/L line also when empty: what NAV proposed from the account must give way.
        if MustFill(GivenFrom(LineID, 'GenPostingType')) then
            TempGenJnlLine.Validate("Gen. Posting Type", GenPostingTypeNo(GivenFrom(LineID, 'GenPostingType')));
        if MustFill(GivenFrom(LineID, 'GenBusPostingGroup')) then
            TempGenJnlLine.Validate("Gen. Bus. Posting Group", GivenFrom(LineID, 'GenBusPostingGroup'));
        if MustFill(GivenFrom(LineID, 'GenProdPostingGroup')) then
            TempGenJnlLine.Validate("Gen. Prod. Posting Group", GivenFrom(LineID, 'GenProdPostingGroup'));
        if MustFill(GivenFrom(LineID, 'VATBusPostingGroup')) then
            TempGenJnlLine.Validate("VAT Bus. Posting Group", GivenFrom(LineID, 'VATBusPostingGroup'));
        if MustFill(GivenFrom(LineID, 'VATProdPostingGroup')) then
            TempGenJnlLine.Validate("VAT Prod. Posting Group", GivenFrom(LineID, 'VATProdPostingGroup'));
        if GivenFrom(LineID, 'VATAmount') <> '' then
            TempGenJnlLine.Validate("VAT Amount", ToDecimal(GivenFrom(LineID, 'VATAmount')));
    end;

    local procedure FillTax(LineID: Integer)
    begin
        // Only what differs: each of these validations computes the VAT of the line anew.
        if GivenFrom(LineID, 'TaxAreaCode') <> TempGenJnlLine."Tax Area Code" then
            TempGenJnlLine.Validate("Tax Area Code", GivenFrom(LineID, 'TaxAreaCode'));
        if GivenFrom(LineID, 'TaxGroupCode') <> TempGenJnlLine."Tax Group Code" then
            TempGenJnlLine.Validate("Tax Group Code", GivenFrom(LineID, 'TaxGroupCode'));
        if (GivenFrom(LineID, 'TaxLiable') = 'true') <> TempGenJnlLine."Tax Liable" then
            TempGenJnlLine.Validate("Tax Liable", GivenFrom(LineID, 'TaxLiable') = 'true');
    end;

    local procedure MustFill(Value: Text): Boolean
    begin
        exit((Value <> '') or (TempGenJnlLine."Account Type" = TempGenJnlLine."Account Type"::"G/L Account"));
    end;

    local procedure FillApplication(LineID: Integer)
    begin
        if GivenFrom(LineID, 'AppliesToDocNo') = '' then
            exit;
        TempGenJnlLine.Validate("Applies-to Doc. Type", DocumentTypeNo(GivenFrom(LineID, 'AppliesToDocType')));
        TempGenJnlLine.Validate("Applies-to Doc. No.", GivenFrom(LineID, 'AppliesToDocNo'));
    end;

    local procedure FillDimensions(LineID: Integer)
    var
        TempDimSetEntry: Record "Dimension Set Entry" temporary;
        DimMgt: Codeunit DimensionManagement;
        NextLineID: Integer;
    begin
        // What NAV took from the account stays, unless the same dimension is given.
        DimMgt.GetDimensionSet(TempDimSetEntry, TempGenJnlLine."Dimension Set ID");
        NextLineID := NextLine(LineID);
        TempValue.Reset();
        TempValue.SetFilter(ID, '>%1', LineID);
        if NextLineID <> 0 then
            TempValue.SetRange(ID, LineID, NextLineID);
        TempValue.SetRange(Name, 'Dimensions');
        if TempValue.FindSet() then
            repeat
                if TempValue.Value <> '' then
                    SetDimension(TempDimSetEntry, TempValue.Value);
            until TempValue.Next() = 0;
        TempGenJnlLine."Dimension Set ID" := DimMgt.GetDimensionSetID(TempDimSetEntry);
        DimMgt.UpdateGlobalDimFromDimSetID(
            TempGenJnlLine."Dimension Set ID",
            TempGenJnlLine."Shortcut Dimension 1 Code", TempGenJnlLine."Shortcut Dimension 2 Code");
    end;

    local procedure SetDimension(var TempDimSetEntry: Record "Dimension Set Entry" temporary; Pair: Text)
    var
        DimensionValue: Record "Dimension Value";
    begin
        DimensionValue.Get(CopyStr(Pair, 1, StrPos(Pair, '=') - 1), CopyStr(Pair, StrPos(Pair, '=') + 1));
        if TempDimSetEntry.Get(TempGenJnlLine."Dimension Set ID", DimensionValue."Dimension Code") then
            TempDimSetEntry.Delete();
        TempDimSetEntry.Init();
        TempDimSetEntry."Dimension Set ID" := TempGenJnlLine."Dimension Set ID";
        TempDimSetEntry."Dimension Code" := DimensionValue."Dimension Code";
        TempDimSetEntry."Dimension Value Code" := DimensionValue.Code;
        TempDimSetEntry."Dimension Value ID" := DimensionValue."Dimension Value ID";
        TempDimSetEntry.Insert();
    end;

    local procedure CheckCustomer()
    var
        Customer: Record Customer;
        CustomerNo: Code[20];
    begin
        TempGenJnlLine.Reset();
        TempGenJnlLine.SetRange("Account Type", TempGenJnlLine."Account Type"::Customer);
        if not TempGenJnlLine.FindSet() then
            exit;
        CustomerNo := TempGenJnlLine."Account No.";
        repeat
            if (TempGenJnlLine."Account No." <> CustomerNo) and (Given('DocumentType') <> '') then
                Error(
                    OneCustomerErr,
                    TempGenJnlLine."Document Type", TempGenJnlLine."Document No.", CustomerNo, TempGenJnlLine."Account No.");
        until TempGenJnlLine.Next() = 0;
        if Given('DocumentType') = '' then
            exit;
        // The VAT entries name the customer, as when codeunit 13 posts.
        Customer.Get(CustomerNo);
        TempGenJnlLine.Reset();
        TempGenJnlLine.SetFilter("Gen. Posting Type", '<>%1', TempGenJnlLine."Gen. Posting Type"::" ");
        if TempGenJnlLine.FindSet(true) then
            repeat
                TempGenJnlLine."Bill-to/Pay-to No." := Customer."No.";
                TempGenJnlLine."Country/Region Code" := Customer."Country/Region Code";
                TempGenJnlLine."VAT Registration No." := Customer."VAT Registration No.";
                TempGenJnlLine.Modify();
            until TempGenJnlLine.Next() = 0;
    end;

    local procedure CheckBalance()
    var
        Total: Decimal;
        TotalLCY: Decimal;
    begin
        // Codeunit 12 alone would only find it out at the end, and say less.
        TempGenJnlLine.Reset();
        TempGenJnlLine.FindSet();
        repeat
            Total += TempGenJnlLine.Amount;
            TotalLCY += TempGenJnlLine."Amount (LCY)";
        until TempGenJnlLine.Next() = 0;
        if (Total <> 0) or (TotalLCY <> 0) then
            Error(OutOfBalanceErr, TempGenJnlLine."Document No.", Total, TotalLCY);
    end;

    local procedure ReadBack(var TieoutKey: Record "Tieout Key"; var GenJnlPostLine: Codeunit "Gen. Jnl.-Post Line")
    var
        GLRegister: Record "G/L Register";
        CustLedgEntry: Record "Cust. Ledger Entry";
    begin
        GenJnlPostLine.GetGLReg(GLRegister);
        TieoutKey."Register No." := GLRegister."No.";
        // G/L and customer ledger entries take their numbers from one row of numbers.
        CustLedgEntry.SetRange("Entry No.", GLRegister."From Entry No.", GLRegister."To Entry No.");
        if CustLedgEntry.FindFirst() then
            RememberEntry(TieoutKey, CustLedgEntry);
    end;

    local procedure RememberEntry(var TieoutKey: Record "Tieout Key"; CustLedgEntry: Record "Cust. Ledger Entry")
    begin
        CustLedgEntry.CalcFields(Amount);
        TieoutKey."Entry No." := CustLedgEntry."Entry No.";
        TieoutKey.Amount := CustLedgEntry.Amount;
    end;

    local procedure ApplyEntries(var TieoutKey: Record "Tieout Key")
    var
        FromEntry: Record "Cust. Ledger Entry";
        ToEntry: Record "Cust. Ledger Entry";
        GenJnlLine: Record "Gen. Journal Line";
        GenJnlPostLine: Codeunit "Gen. Jnl.-Post Line";
        RemainingBefore: Decimal;
    begin
        LockLedger();
        FindEntry(FromEntry, Given('FromDocumentType'), Given('FromDocumentNo'), true);
        FindEntry(ToEntry, Given('ToDocumentType'), Given('ToDocumentNo'), true);
        ToEntry.TestField(Positive, not FromEntry.Positive);
        CheckDate(FromEntry."Posting Date");
        CheckDate(ToEntry."Posting Date");
        FromEntry.CalcFields("Remaining Amount");
        RemainingBefore := FromEntry."Remaining Amount";
        FromEntry."Applying Entry" := true;
        MarkEntry(FromEntry, AmountToApply(FromEntry));
        MarkEntry(ToEntry, AmountToApply(ToEntry));
        // As codeunit 226 does, which itself cannot be used: it commits, and opens a window.
        FillApplicationLine(GenJnlLine, FromEntry);
        GenJnlPostLine.CustPostApplyCustLedgEntry(GenJnlLine, FromEntry);
        FromEntry.Get(FromEntry."Entry No.");
        FromEntry.CalcFields("Remaining Amount");
        if FromEntry."Remaining Amount" = RemainingBefore then
            Error(NothingAppliedErr, FromEntry."Entry No.", ToEntry."Entry No.");
        RememberApplication(TieoutKey, FromEntry, GenJnlPostLine);
    end;

    local procedure AmountToApply(CustLedgEntry: Record "Cust. Ledger Entry"): Decimal
    var
        GivenAmount: Decimal;
    begin
        if Given('Amount') = '' then begin
            CustLedgEntry.CalcFields("Remaining Amount");
            exit(CustLedgEntry."Remaining Amount");
        end;
        GivenAmount := ToDecimal(Given('Amount'));
        if GivenAmount <= 0 then
            Error(NotPositiveErr);
        if CustLedgEntry.Positive then
            exit(GivenAmount);
        exit(-GivenAmount);
    end;

    local procedure MarkEntry(var CustLedgEntry: Record "Cust. Ledger Entry"; SignedAmount: Decimal)
    begin
        // The key as mark, so that only these two entries are applied to each other. Codeunit 103
        // is the one that may change a ledger entry. It does not check the amount: Validate does.
        CustLedgEntry."Applies-to ID" := Given('Key');
        CustLedgEntry.Validate("Amount to Apply", SignedAmount);
        Codeunit.Run(Codeunit::"Cust. Entry-Edit", CustLedgEntry);
    end;

    local procedure UnapplyEntries(var TieoutKey: Record "Tieout Key")
    var
        FromEntry: Record "Cust. Ledger Entry";
        ToEntry: Record "Cust. Ledger Entry";
        DtldCustLedgEntry: Record "Detailed Cust. Ledg. Entry";
        GenJnlLine: Record "Gen. Journal Line";
        GenJnlPostLine: Codeunit "Gen. Jnl.-Post Line";
    begin
        LockLedger();
        FindEntry(FromEntry, Given('FromDocumentType'), Given('FromDocumentNo'), false);
        FindEntry(ToEntry, Given('ToDocumentType'), Given('ToDocumentNo'), false);
        FindApplication(DtldCustLedgEntry, FromEntry."Entry No.", ToEntry."Entry No.");
        CheckUnapply(DtldCustLedgEntry);
        FillApplicationLine(GenJnlLine, FromEntry);
        GenJnlLine.Correction := true;
        GenJnlLine."Source Code" := SourceCodeOfUnapply();
        GenJnlLine."Source Currency Code" := DtldCustLedgEntry."Currency Code";
        GenJnlPostLine.UnapplyCustLedgEntry(GenJnlLine, DtldCustLedgEntry);
        RememberApplication(TieoutKey, FromEntry, GenJnlPostLine);
    end;

    local procedure FindApplication(var DtldCustLedgEntry: Record "Detailed Cust. Ledg. Entry"; FromEntryNo: Integer; ToEntryNo: Integer)
    var
        LastEntryNo: Integer;
    begin
        // The last application of the one entry in which the other takes part, too.
        DtldCustLedgEntry.SetCurrentKey("Cust. Ledger Entry No.", "Entry Type");
        DtldCustLedgEntry.SetRange("Cust. Ledger Entry No.", FromEntryNo);
        DtldCustLedgEntry.SetRange("Entry Type", DtldCustLedgEntry."Entry Type"::Application);
        DtldCustLedgEntry.SetRange(Unapplied, false);
        if DtldCustLedgEntry.FindSet() then
            repeat
                if (DtldCustLedgEntry."Entry No." > LastEntryNo) and TakesPart(DtldCustLedgEntry, ToEntryNo) then
                    LastEntryNo := DtldCustLedgEntry."Entry No.";
            until DtldCustLedgEntry.Next() = 0;
        if LastEntryNo = 0 then
            Error(NoApplicationErr, FromEntryNo, ToEntryNo);
        DtldCustLedgEntry.Reset();
        DtldCustLedgEntry.Get(LastEntryNo);
    end;

    local procedure TakesPart(DtldCustLedgEntry: Record "Detailed Cust. Ledg. Entry"; EntryNo: Integer): Boolean
    var
        OtherDtldEntry: Record "Detailed Cust. Ledg. Entry";
    begin
        FilterApplication(OtherDtldEntry, DtldCustLedgEntry);
        OtherDtldEntry.SetRange("Cust. Ledger Entry No.", EntryNo);
        OtherDtldEntry.SetRange("Entry Type", OtherDtldEntry."Entry Type"::Application);
        exit(not OtherDtldEntry.IsEmpty());
    end;

    local procedure FilterApplication(var OtherDtldEntry: Record "Detailed Cust. Ledg. Entry"; DtldCustLedgEntry: Record "Detailed Cust. Ledg. Entry")
    begin
        // The entries of one application share a transaction; where it made no G/L entry NAV
        // leaves that number 0 and they share an application number.
        OtherDtldEntry.Reset();
        if DtldCustLedgEntry."Transaction No." <> 0 then begin
            OtherDtldEntry.SetCurrentKey("Transaction No.", "Customer No.", "Entry Type");
            OtherDtldEntry.SetRange("Transaction No.", DtldCustLedgEntry."Transaction No.");
        end else begin
            OtherDtldEntry.SetCurrentKey("Application No.", "Customer No.", "Entry Type");
            OtherDtldEntry.SetRange("Application No.", DtldCustLedgEntry."Application No.");
        end;
        OtherDtldEntry.SetRange("Customer No.", DtldCustLedgEntry."Customer No.");
        OtherDtldEntry.SetFilter("Entry Type", '<>%1', OtherDtldEntry."Entry Type"::"Initial Entry");
        OtherDtldEntry.SetRange(Unapplied, false);
    end;

    local procedure CheckUnapply(DtldCustLedgEntry: Record "Detailed Cust. Ledg. Entry")
    var
        GLSetup: Record "General Ledger Setup";
        PartDtldEntry: Record "Detailed Cust. Ledg. Entry";
        LastEntryNo: Integer;
    begin
        // Codeunit 226 checks these before it calls codeunit 12, which does not.
        CheckDate(DtldCustLedgEntry."Posting Date");
        GLSetup.Get();
        if GLSetup."Additional Reporting Currency" <> '' then
            if ToDate(Given('PostingDate')) <> DtldCustLedgEntry."Posting Date" then
                Error(OtherDateErr, DtldCustLedgEntry."Posting Date");
        FilterApplication(PartDtldEntry, DtldCustLedgEntry);
        PartDtldEntry.FindSet();
        repeat
            if PartDtldEntry."Entry No." > LastEntryNo then
                LastEntryNo := PartDtldEntry."Entry No.";
        until PartDtldEntry.Next() = 0;
        PartDtldEntry.FindSet();
        repeat
            CheckNothingLater(PartDtldEntry."Cust. Ledger Entry No.", LastEntryNo);
        until PartDtldEntry.Next() = 0;
    end;

    local procedure CheckNothingLater(EntryNo: Integer; LastEntryNo: Integer)
    var
        CustLedgEntry: Record "Cust. Ledger Entry";
        LaterDtldEntry: Record "Detailed Cust. Ledg. Entry";
    begin
        CustLedgEntry.Get(EntryNo);
        CustLedgEntry.TestField(Reversed, false);
        LaterDtldEntry.SetCurrentKey("Cust. Ledger Entry No.", "Entry Type");
        LaterDtldEntry.SetRange("Cust. Ledger Entry No.", EntryNo);
        LaterDtldEntry.SetFilter("Entry No.", '>%1', LastEntryNo);
        LaterDtldEntry.SetFilter(
            "Entry Type", '<>%1&<>%2',
            LaterDtldEntry."Entry Type"::"Unrealized Loss", LaterDtldEntry."Entry Type"::"Unrealized Gain");
        LaterDtldEntry.SetRange(Unapplied, false);
        if not LaterDtldEntry.IsEmpty() then
            Error(LaterApplicationErr, EntryNo);
    end;

    local procedure ReverseDocument(var TieoutKey: Record "Tieout Key")
    var
        Original: Record "Tieout Key";
        GLRegister: Record "G/L Register";
        GLEntry: Record "G/L Entry";
        ReversalEntry: Record "Reversal Entry";
    begin
        LockLedger();
        if not Original.Get(Given('DocumentKey')) then
            Original.Init();
        if (Original.Kind <> Original.Kind::Document) or (Original."Register No." = 0) then
            Error(NoDocumentErr, Given('DocumentKey'));
        GLRegister.Get(Original."Register No.");
        GLEntry.Get(GLRegister."From Entry No.");
        // Table 179 checks and posts through codeunit 17, here without its window and question.
        ReversalEntry.SetHideWarningDialogs();
        ReversalEntry.ReverseTransaction(GLEntry."Transaction No.");
        TieoutKey."Result No." := GLEntry."Document No.";
        RememberReversal(TieoutKey, Original);
    end;

    local procedure RememberReversal(var TieoutKey: Record "Tieout Key"; Original: Record "Tieout Key")
    var
        GLRegister: Record "G/L Register";
        CustLedgEntry: Record "Cust. Ledger Entry";
    begin
        // The ledger is locked: the last register is the one of the reversal.
        GLRegister.FindLast();
        TieoutKey."Register No." := GLRegister."No.";
        if not CustLedgEntry.Get(Original."Entry No.") then
            exit;
        CustLedgEntry.Get(CustLedgEntry."Reversed by Entry No.");
        RememberEntry(TieoutKey, CustLedgEntry);
    end;

    local procedure SetEntryOnHold(var TieoutKey: Record "Tieout Key")
    var
        CustLedgEntry: Record "Cust. Ledger Entry";
    begin
        LockLedger();
        FindEntry(CustLedgEntry, Given('DocumentType'), Given('DocumentNo'), false);
        CustLedgEntry."On Hold" := Given('OnHold');
        Codeunit.Run(Codeunit::"Cust. Entry-Edit", CustLedgEntry);
        TieoutKey."Result No." := CustLedgEntry."Document No.";
        RememberEntry(TieoutKey, CustLedgEntry);
    end;

    local procedure SetEntryDueDate(var TieoutKey: Record "Tieout Key")
    var
        CustLedgEntry: Record "Cust. Ledger Entry";
    begin
        LockLedger();
        // Of an entry that is not open, codeunit 103 would leave the date as it is and say nothing.
        FindEntry(CustLedgEntry, Given('DocumentType'), Given('DocumentNo'), true);
        CustLedgEntry."Due Date" := ToDate(Given('DueDate'));
        CustLedgEntry.TestField("Due Date");
        Codeunit.Run(Codeunit::"Cust. Entry-Edit", CustLedgEntry);
        TieoutKey."Result No." := CustLedgEntry."Document No.";
        RememberEntry(TieoutKey, CustLedgEntry);
    end;

    local procedure LockLedger()
    var
        GLEntry: Record "G/L Entry";
    begin
        // The G/L before the customer ledger, as NAV's own posting locks them: two who lock in
        // different orders would wait for each other.
        GLEntry.LockTable();
        if GLEntry.FindLast() then;
    end;

    local procedure FindEntry(var CustLedgEntry: Record "Cust. Ledger Entry"; DocumentType: Text; DocumentNo: Text; MustBeOpen: Boolean)
    begin
        CustLedgEntry.LockTable();
        CustLedgEntry.SetCurrentKey("Document No.");
        CustLedgEntry.SetRange("Document No.", DocumentNo);
        CustLedgEntry.SetRange("Document Type", DocumentTypeNo(DocumentType));
        CustLedgEntry.SetRange("Customer No.", Given('CustomerNo'));
        if MustBeOpen then
            CustLedgEntry.SetRange(Open, true);
        CustLedgEntry.FindFirst();
        CustLedgEntry.Reset();
    end;

    local procedure CheckDate(NotBefore: Date)
    var
        GenJnlCheckLine: Codeunit "Gen. Jnl.-Check Line";
    begin
        if ToDate(Given('PostingDate')) < NotBefore then
            Error(TooEarlyErr, NotBefore);
        if GenJnlCheckLine.DateNotAllowed(ToDate(Given('PostingDate'))) then
            Error(DateNotAllowedErr, Given('PostingDate'));
    end;

    local procedure FillApplicationLine(var GenJnlLine: Record "Gen. Journal Line"; CustLedgEntry: Record "Cust. Ledger Entry")
    var
        SourceCodeSetup: Record "Source Code Setup";
    begin
        SourceCodeSetup.Get();
        GenJnlLine.Init();
        GenJnlLine."Document No." := Given('DocumentNo');
        GenJnlLine.TestField("Document No.");
        GenJnlLine."Posting Date" := ToDate(Given('PostingDate'));
        GenJnlLine."Document Date" := GenJnlLine."Posting Date";
        GenJnlLine."Account Type" := GenJnlLine."Account Type"::Customer;
        GenJnlLine."Account No." := CustLedgEntry."Customer No.";
        CustLedgEntry.CalcFields("Debit Amount", "Credit Amount", "Debit Amount (LCY)", "Credit Amount (LCY)");
        GenJnlLine.Correction :=
            (CustLedgEntry."Debit Amount" < 0) or (CustLedgEntry."Credit Amount" < 0) or
            (CustLedgEntry."Debit Amount (LCY)" < 0) or (CustLedgEntry."Credit Amount (LCY)" < 0);
        GenJnlLine.CopyCustLedgEntry(CustLedgEntry);
        // So that gains, losses and VAT of the application can be told by their command.
        GenJnlLine."External Document No." := Given('Key');
        GenJnlLine."Source Code" := SourceCodeSetup."Sales Entry Application";
        // Without this codeunit 11 would ask for an amount, which an application has not.
        GenJnlLine."System-Created Entry" := true;
    end;

    local procedure SourceCodeOfUnapply(): Code[10]
    var
        SourceCodeSetup: Record "Source Code Setup";
    begin
        SourceCodeSetup.Get();
        exit(SourceCodeSetup."Unapplied Sales Entry Appln.");
    end;

    local procedure RememberApplication(var TieoutKey: Record "Tieout Key"; FromEntry: Record "Cust. Ledger Entry"; var GenJnlPostLine: Codeunit "Gen. Jnl.-Post Line")
    var
        GLRegister: Record "G/L Register";
    begin
        TieoutKey."Result No." := Given('DocumentNo');
        RememberEntry(TieoutKey, FromEntry);
        // An application without G/L entries (no discount, no exchange difference) has no register.
        GenJnlPostLine.GetGLReg(GLRegister);
        if GLRegister.Find() then
            TieoutKey."Register No." := GLRegister."No.";
    end;

    local procedure Given(ElementName: Text): Text
    begin
        TempValue.Reset();
        TempValue.SetRange(Name, ElementName);
        if TempValue.FindFirst() then
            exit(TempValue.Value);
        exit('');
    end;

    local procedure GivenFrom(LineID: Integer; ElementName: Text): Text
    begin
        // A line begins with AccountType; its values are the next of their name.
        TempValue.Reset();
        TempValue.SetFilter(ID, '%1..', LineID);
        TempValue.SetRange(Name, ElementName);
        if TempValue.FindFirst() then
            exit(TempValue.Value);
        exit('');
    end;

    local procedure NextLine(LineID: Integer): Integer
    begin
        TempValue.Reset();
        TempValue.SetFilter(ID, '>%1', LineID);
        TempValue.SetRange(Name, 'AccountType');
        if TempValue.FindFirst() then
            exit(TempValue.ID);
        exit(0);
    end;

    local procedure Answer(StatusText: Text; Explanation: Text)
    begin
        SetValue('Status', StatusText);
        SetValue('Text', Explanation);
    end;

    local procedure SetValue(ElementName: Text; Value: Text)
    begin
        TempValue.Reset();
        TempValue.SetRange(Name, ElementName);
        TempValue.FindFirst();
        TempValue.Value := CopyStr(Value, 1, MaxStrLen(TempValue.Value));
        TempValue.Modify();
    end;

    procedure IsReadable(ElementName: Text; Value: Text): Boolean
    var
        DateValue: Date;
        DecimalValue: Decimal;
    begin
        case ElementName of
            'Key':
                exit((Value <> '') and (StrLen(Value) <= 35) and (UpperCase(Value) = Value) and (StrPos(Value, ' ') = 0));
            'Hash':
                exit((StrLen(Value) = 64) and (DelChr(Value, '=', '0123456789abcdef') = ''));
            'DependsOn', 'DocumentKey':
                exit(StrLen(Value) <= 35);
            'OnHold':
                exit(StrLen(Value) <= 3);
            'Dimensions':
                exit((Value = '') or (StrPos(Value, '=') > 1));
            'PostingDate', 'DocumentDate', 'DueDate':
                exit((Value = '') or Evaluate(DateValue, Value, 9));
            'Amount', 'AmountLCY', 'VATAmount', 'CurrencyFactor':
                exit((Value = '') or Evaluate(DecimalValue, Value, 9));
            'BlockPaymentTolerance', 'TaxLiable':
                exit((Value = '') or (Value = 'true') or (Value = 'false'));
            'DocumentType', 'AppliesToDocType', 'FromDocumentType', 'ToDocumentType':
                exit(DocumentTypeNo(Value) >= 0);
            'AccountType':
                exit(AccountTypeNo(Value) >= 0);
            'GenPostingType':
                exit(GenPostingTypeNo(Value) >= 0);
        end;
        exit(true);
    end;

    local procedure DocumentTypeNo(Value: Text): Integer
    var
        GenJnlLine: Record "Gen. Journal Line";
    begin
        // Not Evaluate: it would read captions in the language of the session. The customer
        // ledger entry has the same options.
        case Value of
            '':
                exit(GenJnlLine."Document Type"::" ");
            'Payment':
                exit(GenJnlLine."Document Type"::Payment);
            'Invoice':
                exit(GenJnlLine."Document Type"::Invoice);
            'Credit Memo':
                exit(GenJnlLine."Document Type"::"Credit Memo");
            'Refund':
                exit(GenJnlLine."Document Type"::Refund);
        end;
        exit(-1);
    end;

    local procedure AccountTypeNo(Value: Text): Integer
    var
        GenJnlLine: Record "Gen. Journal Line";
    begin
        case Value of
            'G/L Account':
                exit(GenJnlLine."Account Type"::"G/L Account");
            'Customer':
                exit(GenJnlLine."Account Type"::Customer);
            'Bank Account':
                exit(GenJnlLine."Account Type"::"Bank Account");
        end;
        exit(-1);
    end;

    local procedure GenPostingTypeNo(Value: Text): Integer
    var
        GenJnlLine: Record "Gen. Journal Line";
    begin
        case Value of
            '':
                exit(GenJnlLine."Gen. Posting Type"::" ");
            'Sale':
                exit(GenJnlLine."Gen. Posting Type"::Sale);
            'Purchase':
                exit(GenJnlLine."Gen. Posting Type"::Purchase);
        end;
        exit(-1);
    end;

    local procedure ToDate(Value: Text) Result: Date
    begin
        if Value <> '' then
            Evaluate(Result, Value, 9);
    end;

    local procedure ToDecimal(Value: Text) Result: Decimal
    begin
        if Value <> '' then
            Evaluate(Result, Value, 9);
    end;

    local procedure ToBigInteger(Value: Text) Result: BigInteger
    begin
        Evaluate(Result, Value, 9);
    end;
}
