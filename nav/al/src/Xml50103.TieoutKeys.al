xmlport 50103 "Tieout Keys"
{
    Encoding = UTF8;
    FormatEvaluate = Xml;
    DefaultNamespace = 'urn:microsoft-dynamics-nav/xmlports/x50103';
    UseDefaultNamespace = true;
    UseRequestPage = false;

    schema
    {
        textelement("keys")
        {
            textelement(ThisKey)
            {
                XmlName = 'Key';
                MinOccurs = Zero;
                MaxOccurs = Unbounded;

                trigger OnAfterAssignVariable()
                begin
                    if ThisKey <> '' then begin
                        NextID += 1;
                        TempValue.Init();
                        TempValue.ID := NextID;
                        TempValue.Value := CopyStr(ThisKey, 1, MaxStrLen(TempValue.Value));
                        TempValue.Insert();
                    end;
                end;
            }
        }
    }

    var
        TempValue: Record "Name/Value Buffer" temporary;
        NextID: Integer;

    procedure GetValues(var TempNewValue: Record "Name/Value Buffer" temporary)
    begin
        TempValue.Reset();
        TempNewValue.Copy(TempValue, true);
    end;
}
