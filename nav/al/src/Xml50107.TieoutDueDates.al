xmlport 50107 "Tieout Due Dates"
{
    Encoding = UTF8;
    FormatEvaluate = Xml;
    DefaultNamespace = 'urn:microsoft-dynamics-nav/xmlports/x50107';
    UseDefaultNamespace = true;
    UseRequestPage = false;

    schema
    {
        textelement(dates)
        {
            tableelement(DateRow; Integer)
            {
                XmlName = 'Date';
                MinOccurs = Zero;
                UseTemporary = true;

                textelement(ThisKey) { XmlName = 'Key'; MinOccurs = Zero; }
                textelement(ThisHash) { XmlName = 'Hash'; MinOccurs = Zero; }
                textelement(ThisDependsOn) { XmlName = 'DependsOn'; MinOccurs = Zero; }
                textelement(ThisCustomerNo) { XmlName = 'CustomerNo'; MinOccurs = Zero; }
                textelement(ThisDocumentType) { XmlName = 'DocumentType'; MinOccurs = Zero; }
                textelement(ThisDocumentNo) { XmlName = 'DocumentNo'; MinOccurs = Zero; }
                textelement(ThisDueDate) { XmlName = 'DueDate'; MinOccurs = Zero; }

                trigger OnAfterInitRecord()
                begin
                    DateNo += 1;
                    DateRow.Number := DateNo;
                    ClearDate();
                end;

                trigger OnBeforeInsertRecord()
                begin
                    AddDate();
                end;
            }
        }
    }

    var
        TempValue: Record "Name/Value Buffer" temporary;
        NextID: Integer;
        DateNo: Integer;
        TooLongErr: Label 'TIEOUT-REQUEST %1 has more than %2 characters';

    procedure GetValues(var TempNewValue: Record "Name/Value Buffer" temporary)
    begin
        // What was read, as rows of name and value in the order of the request.
        TempValue.Reset();
        TempNewValue.Copy(TempValue, true);
    end;

    local procedure ClearDate()
    begin
        // An element that is absent must not keep the value of the one before.
        ThisKey := '';
        ThisHash := '';
        ThisDependsOn := '';
        ThisCustomerNo := '';
        ThisDocumentType := '';
        ThisDocumentNo := '';
        ThisDueDate := '';
    end;

    local procedure AddDate()
    begin
        Add('Key', ThisKey);
        Add('Hash', ThisHash);
        AddEach('DependsOn', ThisDependsOn, ' ');
        Add('CustomerNo', ThisCustomerNo);
        Add('DocumentType', ThisDocumentType);
        Add('DocumentNo', ThisDocumentNo);
        Add('DueDate', ThisDueDate);
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
