namespace Tandem.Sip.Dialogs;

/// <summary>A dialog identifier over bytes of a message, to look one up without copying.</summary>
internal readonly ref struct DialogLookup(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> localTag, ReadOnlySpan<byte> remoteTag)
{
    public ReadOnlySpan<byte> CallId { get; } = callId;

    public ReadOnlySpan<byte> LocalTag { get; } = localTag;

    public ReadOnlySpan<byte> RemoteTag { get; } = remoteTag;
}
