table 50100 "Tieout Key"
{
    // One row for each command that was carried out, committed together with its effect.
    // The row is what makes a repeated command harmless: do not change or delete rows.

    Caption = 'Tieout Key';

    fields
    {
        field(1; "Key"; Code[35])
        {
            Caption = 'Key';
            NotBlank = true;
        }
        field(2; "Kind"; Option)
        {
            Caption = 'Kind';
            OptionMembers = Document,Customer,Application,Unapplication,Reversal,Hold,"Due Date";
            OptionCaption = 'Document,Customer,Application,Unapplication,Reversal,Hold,Due Date';
        }
        field(3; "Payload Hash"; Text[64])
        {
            Caption = 'Payload Hash';
        }
        field(4; "Epoch"; BigInteger)
        {
            Caption = 'Epoch';
        }
        field(5; "Result No."; Code[20])
        {
            Caption = 'Result No.';
        }
        field(6; "Register No."; Integer)
        {
            Caption = 'Register No.';
        }
        field(7; "Entry No."; Integer)
        {
            Caption = 'Entry No.';
        }
        field(8; "Amount"; Decimal)
        {
            Caption = 'Amount';
        }
        field(9; "Posted At"; DateTime)
        {
            Caption = 'Posted At';
        }
        field(10; "User ID"; Code[50])
        {
            Caption = 'User ID';
        }
    }

    keys
    {
        key(PK; "Key")
        {
            Clustered = true;
        }
    }
}
