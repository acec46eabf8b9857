namespace Tandem.Sip.Transactions;

/// <summary>The four transaction machines of RFC 3261 §17.</summary>
public enum TransactionKind : byte
{
    InviteClient,
    NonInviteClient,
    InviteServer,
    NonInviteServer,
}
