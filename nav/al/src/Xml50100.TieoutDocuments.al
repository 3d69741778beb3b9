xmlport 50100 "Tieout Documents"
{
    Encoding = UTF8;
    FormatEvaluate = Xml;
    DefaultNamespace = 'urn:microsoft-dynamics-nav/xmlports/x50100';
    UseDefaultNamespace = true;
    UseRequestPage = false;

    schema
    {
        textelement(documents)
        {
            tableelement(DocumentRow; Integer)
            {
                XmlName = 'Document';
                MinOccurs = Zero;
                UseTemporary = true;

                textelement(ThisKey) { XmlName = 'Key'; MinOccurs = Zero; }
                textelement(ThisHash) { XmlName = 'Hash'; MinOccurs = Zero; }
                textelement(ThisDependsOn) { XmlName = 'DependsOn'; MinOccurs = Zero; }
                textelement(ThisTemplateName) { XmlName = 'TemplateName'; MinOccurs = Zero; }
                textelement(ThisBatchName) { XmlName = 'BatchName'; MinOccurs = Zero; }
                textelement(ThisDocumentType) { XmlName = 'DocumentType'; MinOccurs = Zero; }
                textelement(ThisDocumentNo) { XmlName = 'DocumentNo'; MinOccurs = Zero; }
                textelement(ThisPostingDate) { XmlName = 'PostingDate'; MinOccurs = Zero; }
                textelement(ThisDocumentDate) { XmlName = 'DocumentDate'; MinOccurs = Zero; }
                textelement(ThisDueDate) { XmlName = 'DueDate'; MinOccurs = Zero; }
                textelement(ThisCurrencyCode) { XmlName = 'CurrencyCode'; MinOccurs = Zero; }
                textelement(ThisCurrencyFactor) { XmlName = 'CurrencyFactor'; MinOccurs = Zero; }
                textelement(ThisReasonCode) { XmlName = 'ReasonCode'; MinOccurs = Zero; }
                tableelement(LineRow; Integer)
                {
                    XmlName = 'Line';
                    UseTemporary = true;

                    textelement(LineAccountType) { XmlName = 'AccountType'; MinOccurs = Zero; }
                    textelement(LineAccountNo) { XmlName = 'AccountNo'; MinOccurs = Zero; }
                    textelement(LinePostingGroup) { XmlName = 'PostingGroup'; MinOccurs = Zero; }
                    textelement(LineDescription) { XmlName = 'Description'; MinOccurs = Zero; }
                    textelement(LineAmount) { XmlName = 'Amount'; MinOccurs = Zero; }
                    textelement(LineAmountLCY) { XmlName = 'AmountLCY'; MinOccurs = Zero; }
                    textelement(LineGenPostingType) { XmlName = 'GenPostingType'; MinOccurs = Zero; }
                    textelement(LineGenBusPostingGroup) { XmlName = 'GenBusPostingGroup'; MinOccurs = Zero; }
                    textelement(LineGenProdPostingGroup) { XmlName = 'GenProdPostingGroup'; MinOccurs = Zero; }
                    textelement(LineVATBusPostingGroup) { XmlName = 'VATBusPostingGroup'; MinOccurs = Zero; }
                    textelement(LineVATProdPostingGroup) { XmlName = 'VATProdPostingGroup'; MinOccurs = Zero; }
                    textelement(LineVATAmount) { XmlName = 'VATAmount'; MinOccurs = Zero; }
                    textelement(LineTaxAreaCode) { XmlName = 'TaxAreaCode'; MinOccurs = Zero; }
                    textelement(LineTaxGroupCode) { XmlName = 'TaxGroupCode'; MinOccurs = Zero; }
                    textelement(LineTaxLiable) { XmlName = 'TaxLiable'; MinOccurs = Zero; }
                    textelement(LineAppliesToDocType) { XmlName = 'AppliesToDocType'; MinOccurs = Zero; }
                    textelement(LineAppliesToDocNo) { XmlName = 'AppliesToDocNo'; MinOccurs = Zero; }
                    textelement(LineDimensions) { XmlName = 'Dimensions'; MinOccurs = Zero; }

                    trigger OnAfterInitRecord()
                    begin
                        LineNo += 1;
                        LineRow.Number := LineNo;
                        ClearLine();
                    end;

                    trigger OnBeforeInsertRecord()
                    begin
                        AddLine();
                    end;
                }

                trigger OnAfterInitRecord()
                begin
                    DocumentNo += 1;
                    DocumentRow.Number := DocumentNo;
                    ClearDocument();
                end;

                trigger OnBeforeInsertRecord()
                begin
                    AddDocument();
                end;
            }
        }
    }

    var
        TempValue: Record "Name/Value Buffer" temporary;
        NextID: Integer;
        DocumentNo: Integer;
        LineNo: Integer;
        DocumentAdded: Boolean;
        TooLongErr: Label 'TIEOUT-REQUEST %1 has more than %2 characters';

    procedure GetValues(var TempNewValue: Record "Name/Value Buffer" temporary)
    begin
        // What was read, as rows of name and value in the order of the request.
        TempValue.Reset();
        TempNewValue.Copy(TempValue, true);
    end;

    local procedure ClearDocument()
    begin
        // An element that is absent must not keep the value of the one before.
        ThisKey := '';
        ThisHash := '';
        ThisDependsOn := '';
        ThisTemplateName := '';
        ThisBatchName := '';
        ThisDocumentType := '';
        ThisDocumentNo := '';
        ThisPostingDate := '';
        ThisDocumentDate := '';
        ThisDueDate := '';
        ThisCurrencyCode := '';
        ThisCurrencyFactor := '';
        ThisReasonCode := '';
        DocumentAdded := false;
    end;

    local procedure AddDocument()
    begin
        if DocumentAdded then
            exit;
        DocumentAdded := true;
        Add('Key', ThisKey);
        Add('Hash', ThisHash);
        AddEach('DependsOn', ThisDependsOn, ' ');
        Add('TemplateName', ThisTemplateName);
        Add('BatchName', ThisBatchName);
        Add('DocumentType', ThisDocumentType);
        Add('DocumentNo', ThisDocumentNo);
        Add('PostingDate', ThisPostingDate);
        Add('DocumentDate', ThisDocumentDate);
        Add('DueDate', ThisDueDate);
        Add('CurrencyCode', ThisCurrencyCode);
        Add('CurrencyFactor', ThisCurrencyFactor);
        Add('ReasonCode', ThisReasonCode);
    end;

    local procedure ClearLine()
    begin
        // An element that is absent must not keep the value of the one before.
        LineAccountType := '';
        LineAccountNo := '';
        LinePostingGroup := '';
        LineDescription := '';
        LineAmount := '';
        LineAmountLCY := '';
        LineGenPostingType := '';
        LineGenBusPostingGroup := '';
        LineGenProdPostingGroup := '';
        LineVATBusPostingGroup := '';
        LineVATProdPostingGroup := '';
        LineVATAmount := '';
        LineTaxAreaCode := '';
        LineTaxGroupCode := '';
        LineTaxLiable := '';
        LineAppliesToDocType := '';
        LineAppliesToDocNo := '';
        LineDimensions := '';
    end;

    local procedure AddLine()
    begin
        // Its document comes first, whenever NAV inserts that row.
        AddDocument();
        Add('AccountType', LineAccountType);
        Add('AccountNo', LineAccountNo);
        Add('PostingGroup', LinePostingGroup);
        Add('Description', LineDescription);
        Add('Amount', LineAmount);
        Add('AmountLCY', LineAmountLCY);
        Add('GenPostingType', LineGenPostingType);
        Add('GenBusPostingGroup', LineGenBusPostingGroup);
        Add('GenProdPostingGroup', LineGenProdPostingGroup);
        Add('VATBusPostingGroup', LineVATBusPostingGroup);
        Add('VATProdPostingGroup', LineVATProdPostingGroup);
        Add('VATAmount', LineVATAmount);
        Add('TaxAreaCode', LineTaxAreaCode);
        Add('TaxGroupCode', LineTaxGroupCode);
        Add('TaxLiable', LineTaxLiable);
        Add('AppliesToDocType', LineAppliesToDocType);
        Add('AppliesToDocNo', LineAppliesToDocNo);
        AddEach('Dimensions', LineDimensions, ';');
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
