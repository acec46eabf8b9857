using Tandem.Sip.Transactions;

namespace Tandem.Sip.Dialogs;

/// <summary>Compares dialog identifiers with each other and with those over messages.</summary>
internal sealed class DialogIdComparer : IEqualityComparer<DialogId>, IAlternateEqualityComparer<DialogLookup, DialogId>
{
    public bool Equals(DialogId? x, DialogId? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && Equals(new DialogLookup(x.CallId, x.LocalTag, x.RemoteTag), y));

    public int GetHashCode(DialogId obj) => GetHashCode(new DialogLookup(obj.CallId, obj.LocalTag, obj.RemoteTag));

    public bool Equals(DialogLookup alternate, DialogId other) =>
        alternate.LocalTag.SequenceEqual(other.LocalTag)
        && alternate.RemoteTag.SequenceEqual(other.RemoteTag)
        && alternate.CallId.SequenceEqual(other.CallId);

    public int GetHashCode(DialogLookup alternate) =>
        KeyHash.Of(alternate.CallId) ^ KeyHash.Of(alternate.LocalTag) ^ (KeyHash.Of(alternate.RemoteTag) * 31);

    public DialogId Create(DialogLookup alternate) =>
        new(alternate.CallId.ToArray(), alternate.LocalTag.ToArray(), alternate.RemoteTag.ToArray());
}
