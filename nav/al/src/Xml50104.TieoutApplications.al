xmlport 50104 "Tieout Applications"
{
    Encoding = UTF8;
    FormatEvaluate = Xml;
    DefaultNamespace = 'urn:microsoft-dynamics-nav/xmlports/x50104';
    UseDefaultNamespace = true;
    UseRequestPage = false;

    schema
    {
        textelement(applications)
        {
            tableelement(ApplicationRow; Integer)
            {
                XmlName = 'Application';
                MinOccurs = Zero;
                UseTemporary = true;

                textelement(ThisKey) { XmlName = 'Key'; MinOccurs = Zero; }
                textelement(ThisHash) { XmlName = 'Hash'; MinOccurs = Zero; }
                textelement(ThisDependsOn) { XmlName = 'DependsOn'; MinOccurs = Zero; }
                textelement(ThisPostingDate) { XmlName = 'PostingDate'; MinOccurs = Zero; }
                textelement(ThisDocumentNo) { XmlName = 'DocumentNo'; MinOccurs = Zero; }
                textelement(ThisCustomerNo) { XmlName = 'CustomerNo'; MinOccurs = Zero; }
                textelement(ThisFromDocumentType) { XmlName = 'FromDocumentType'; MinOccurs = Zero; }
                textelement(ThisFromDocumentNo) { XmlName = 'FromDocumentNo'; MinOccurs = Zero; }
                textelement(ThisToDocumentType) { XmlName = 'ToDocumentType'; MinOccurs = Zero; }
                textelement(ThisToDocumentNo) { XmlName = 'ToDocumentNo'; MinOccurs = Zero; }
                textelement(ThisAmount) { XmlName = 'Amount'; MinOccurs = Zero; }

                trigger OnAfterInitRecord()
                begin
                    ApplicationNo += 1;
                    ApplicationRow.Number := ApplicationNo;
                    ClearApplication();
                end;

                trigger OnBeforeInsertRecord()
                begin
                    AddApplication();
                end;
            }
        }
    }

    var
        TempValue: Record "Name/Value Buffer" temporary;
        NextID: Integer;
        ApplicationNo: Integer;
        TooLongErr: Label 'TIEOUT-REQUEST %1 has more than %2 characters';

    procedure GetValues(var TempNewValue: Record "Name/Value Buffer" temporary)
    begin
        // What was read, as rows of name and value in the order of the request.
        TempValue.Reset();
        TempNewValue.Copy(TempValue, true);
    end;

    local procedure ClearApplication()
    begin
        // An element that is absent must not keep the value of the one before.
        ThisKey := '';
        ThisHash := '';
        ThisDependsOn := '';
        ThisPostingDate := '';
        ThisDocumentNo := '';
        ThisCustomerNo := '';
        ThisFromDocumentType := '';
        ThisFromDocumentNo := '';
        ThisToDocumentType := '';
        ThisToDocumentNo := '';
        ThisAmount := '';
    end;

    local procedure AddApplication()
    begin
        Add('Key', ThisKey);
        Add('Hash', ThisHash);
        AddEach('DependsOn', ThisDependsOn, ' ');
        Add('PostingDate', ThisPostingDate);
        Add('DocumentNo', ThisDocumentNo);
        Add('CustomerNo', ThisCustomerNo);
        Add('FromDocumentType', ThisFromDocumentType);
        Add('FromDocumentNo', ThisFromDocumentNo);
        Add('ToDocumentType', ThisToDocumentType);
        Add('ToDocumentNo', ThisToDocumentNo);
        Add('Amount', ThisAmount);
    end;

    local procedure Add(Name: Text; Value: Text)
    begin
        if StrLen(Value) > MaxStrLen(TempValue.Value) then
            Error(TooLongErr, Name, MaxStrLen(TempValue.Value));
        NextID += 1;
        TempValue.Init();
        TempValue.ID := NextID;
        TempValue.Name := Name;
        TempValue.Value := Value;
        TempValue.Insert();
    end;

    local procedure AddEach(Name: Text; Value: Text; Separator: Text[1])
    begin
        // A list can be longer than a value: one row for each part of it.
        while StrPos(Value, Separator) > 0 do begin
            Add(Name, CopyStr(Value, 1, StrPos(Value, Separator) - 1));
            Value := CopyStr(Value, StrPos(Value, Separator) + 1);
        end;
        Add(Name, Value);
    end;
}
