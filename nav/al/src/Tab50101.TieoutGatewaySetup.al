table 50101 "Tieout Gateway Setup"
{
    // One row. Its lock is what lets one command through at a time;
    // the gateway inserts it at its first call.

    Caption = 'Tieout Gateway Setup';

    fields
    {
        field(1; "Primary Key"; Code[10])
        {
            Caption = 'Primary Key';
        }
        field(2; "Epoch"; BigInteger)
        {
            Caption = 'Epoch';
        }
    }

    keys
    {
        key(PK; "Primary Key")
        {
            Clustered = true;
        }
    }
}
