xmlport 50102 "Tieout Customers"
{
    Encoding = UTF8;
    FormatEvaluate = Xml;
    DefaultNamespace = 'urn:microsoft-dynamics-nav/xmlports/x50102';
    UseDefaultNamespace = true;
    UseRequestPage = false;

    schema
    {
        textelement(customers)
        {
            tableelement(CustomerRow; Integer)
            {
                XmlName = 'Customer';
                MinOccurs = Zero;
                UseTemporary = true;

                textelement(ThisKey) { XmlName = 'Key'; MinOccurs = Zero; }
                textelement(ThisHash) { XmlName = 'Hash'; MinOccurs = Zero; }
                textelement(ThisName) { XmlName = 'Name'; MinOccurs = Zero; }
                textelement(ThisName2) { XmlName = 'Name2'; MinOccurs = Zero; }
                textelement(ThisAddress) { XmlName = 'Address'; MinOccurs = Zero; }
                textelement(ThisAddress2) { XmlName = 'Address2'; MinOccurs = Zero; }
                textelement(ThisCity) { XmlName = 'City'; MinOccurs = Zero; }
                textelement(ThisPostCode) { XmlName = 'PostCode'; MinOccurs = Zero; }
                textelement(ThisCounty) { XmlName = 'County'; MinOccurs = Zero; }
                textelement(ThisCountryRegionCode) { XmlName = 'CountryRegionCode'; MinOccurs = Zero; }
                textelement(ThisContact) { XmlName = 'Contact'; MinOccurs = Zero; }
                textelement(ThisPhoneNo) { XmlName = 'PhoneNo'; MinOccurs = Zero; }
                textelement(ThisEMail) { XmlName = 'EMail'; MinOccurs = Zero; }
                textelement(ThisVATRegistrationNo) { XmlName = 'VATRegistrationNo'; MinOccurs = Zero; }
                textelement(ThisCurrencyCode) { XmlName = 'CurrencyCode'; MinOccurs = Zero; }
                textelement(ThisGenBusPostingGroup) { XmlName = 'GenBusPostingGroup'; MinOccurs = Zero; }
                textelement(ThisVATBusPostingGroup) { XmlName = 'VATBusPostingGroup'; MinOccurs = Zero; }
                textelement(ThisCustomerPostingGroup) { XmlName = 'CustomerPostingGroup'; MinOccurs = Zero; }
                textelement(ThisPaymentTermsCode) { XmlName = 'PaymentTermsCode'; MinOccurs = Zero; }
                textelement(ThisBlockPaymentTolerance) { XmlName = 'BlockPaymentTolerance'; MinOccurs = Zero; }
                textelement(ThisTaxAreaCode) { XmlName = 'TaxAreaCode'; MinOccurs = Zero; }
                textelement(ThisTaxLiable) { XmlName = 'TaxLiable'; MinOccurs = Zero; }

                trigger OnAfterInitRecord()
                begin
                    CustomerNo += 1;
                    CustomerRow.Number := CustomerNo;
                    ClearCustomer();
                end;

                trigger OnBeforeInsertRecord()
                begin
                    AddCustomer();
                end;
            }
        }
    }

    var
        TempValue: Record "Name/Value Buffer" temporary;
        NextID: Integer;
        CustomerNo: Integer;
        TooLongErr: Label 'TIEOUT-REQUEST %1 has more than %2 characters';

    procedure GetValues(var TempNewValue: Record "Name/Value Buffer" temporary)
    begin
        // What was read, as rows of name and value in the order of the request.
        TempValue.Reset();
        TempNewValue.Copy(TempValue, true);
    end;

    local procedure ClearCustomer()
    begin
        // An element that is absent must not keep the value of the one before.
        ThisKey := '';
        ThisHash := '';
        ThisName := '';
        ThisName2 := '';
        ThisAddress := '';
        ThisAddress2 := '';
        ThisCity := '';
        ThisPostCode := '';
        ThisCounty := '';
        ThisCountryRegionCode := '';
        ThisContact := '';
        ThisPhoneNo := '';
        ThisEMail := '';
        ThisVATRegistrationNo := '';
        ThisCurrencyCode := '';
        ThisGenBusPostingGroup := '';
        ThisVATBusPostingGroup := '';
        ThisCustomerPostingGroup := '';
        ThisPaymentTermsCode := '';
        ThisBlockPaymentTolerance := '';
        ThisTaxAreaCode := '';
        ThisTaxLiable := '';
    end;

    local procedure AddCustomer()
    begin
        Add('Key', ThisKey);
        Add('Hash', ThisHash);
        Add('Name', ThisName);
        Add('Name2', ThisName2);
        Add('Address', ThisAddress);
        Add('Address2', ThisAddress2);
        Add('City', ThisCity);
        Add('PostCode', ThisPostCode);
        Add('County', ThisCounty);
        Add('CountryRegionCode', ThisCountryRegionCode);
        Add('Contact', ThisContact);
        Add('PhoneNo', ThisPhoneNo);
        Add('EMail', ThisEMail);
        Add('VATRegistrationNo', ThisVATRegistrationNo);
        Add('CurrencyCode', ThisCurrencyCode);
        Add('GenBusPostingGroup', ThisGenBusPostingGroup);
        Add('VATBusPostingGroup', ThisVATBusPostingGroup);
        Add('CustomerPostingGroup', ThisCustomerPostingGroup);
        Add('PaymentTermsCode', ThisPaymentTermsCode);
        Add('BlockPaymentTolerance', ThisBlockPaymentTolerance);
        Add('TaxAreaCode', ThisTaxAreaCode);
        Add('TaxLiable', ThisTaxLiable);
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
}
