xmlport 50101 "Tieout Results"
{
    // Filled by codeunit 50100. NAV exports it by itself when the function has ended.

    Encoding = UTF8;
    FormatEvaluate = Xml;
    DefaultNamespace = 'urn:microsoft-dynamics-nav/xmlports/x50101';
    UseDefaultNamespace = true;
    UseRequestPage = false;

    schema
    {
        textelement(results)
        {
            tableelement(ResultRow; Integer)
            {
                XmlName = 'Result';
                MinOccurs = Zero;
                SourceTableView = sorting(Number);

                textelement(ThisKey) { XmlName = 'Key'; MinOccurs = Zero; }
                textelement(ThisStatus) { XmlName = 'Status'; MinOccurs = Zero; }
                textelement(ThisNo) { XmlName = 'No'; MinOccurs = Zero; }
                textelement(ThisRegisterNo) { XmlName = 'RegisterNo'; MinOccurs = Zero; }
                textelement(ThisEntryNo) { XmlName = 'EntryNo'; MinOccurs = Zero; }
                textelement(ThisAmount) { XmlName = 'Amount'; MinOccurs = Zero; }
                textelement(ThisPostedAt) { XmlName = 'PostedAt'; MinOccurs = Zero; }
                textelement(ThisText) { XmlName = 'Text'; MinOccurs = Zero; }

                trigger OnPreXmlItem()
                begin
                    ResultRow.SetRange(Number, 1, ResultNo);
                end;

                trigger OnAfterGetRecord()
                begin
                    LoadResult(ResultRow.Number);
                end;
            }
        }
    }

    var
        TempValue: Record "Name/Value Buffer" temporary;
        NextID: Integer;
        ResultNo: Integer;

    procedure AddResult(KeyText: Text; StatusText: Text; No: Text; RegisterNo: Text; EntryNo: Text; Amount: Text; PostedAt: Text; Explanation: Text)
    begin
        ResultNo += 1;
        Add('Key', KeyText);
        Add('Status', StatusText);
        Add('No', No);
        Add('RegisterNo', RegisterNo);
        Add('EntryNo', EntryNo);
        Add('Amount', Amount);
        Add('PostedAt', PostedAt);
        Add('Text', Explanation);
    end;

    local procedure LoadResult(Number: Integer)
    var
        FirstID: Integer;
    begin
        // A result is eight rows.
        FirstID := (Number - 1) * 8;
        ThisKey := ValueAt(FirstID + 1);
        ThisStatus := ValueAt(FirstID + 2);
        ThisNo := ValueAt(FirstID + 3);
        ThisRegisterNo := ValueAt(FirstID + 4);
        ThisEntryNo := ValueAt(FirstID + 5);
        ThisAmount := ValueAt(FirstID + 6);
        ThisPostedAt := ValueAt(FirstID + 7);
        ThisText := ValueAt(FirstID + 8);
    end;

    local procedure ValueAt(ID: Integer): Text
    begin
        TempValue.Get(ID);
        exit(TempValue.Value);
    end;

    local procedure Add(Name: Text; Value: Text)
    begin
        NextID += 1;
        TempValue.Init();
        TempValue.ID := NextID;
        TempValue.Name := Name;
        TempValue.Value := CopyStr(Value, 1, MaxStrLen(TempValue.Value));
        TempValue.Insert();
    end;
}
