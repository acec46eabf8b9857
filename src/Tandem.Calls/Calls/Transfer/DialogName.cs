using System.Text;
using Tandem.Sip.Dialogs;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>A dialog of ours as a header names it, turned to our end of it: Replaces (RFC 3891 §6.1), Target-Dialog (RFC 4538 §7).</summary>
/// <param name="CallId">The Call-ID, without spaces and control characters.</param>
/// <param name="LocalTag">Our tag.</param>
/// <param name="RemoteTag">The tag of the phone.</param>
/// <param name="EarlyOnly">Replaces: only while the dialog is early.</param>
internal sealed record DialogName(string CallId, string LocalTag, string RemoteTag, bool EarlyOnly = false)
{
    private const int MaxLength = 1_024;

    /// <summary>The value of Replaces toward whoever owns the dialog: to-tag is compared with its local tag (RFC 3891 §3).</summary>
    public string Replaces => $"{CallId};to-tag={LocalTag};from-tag={RemoteTag}{(EarlyOnly ? ";early-only" : "")}";

    /// <summary>Reads Replaces: <c>callid;to-tag=ours;from-tag=theirs[;early-only]</c>. Null when it is malformed.</summary>
    public static DialogName? FromReplaces(ReadOnlySpan<byte> value) => Read(value, "to-tag"u8, "from-tag"u8);

    /// <summary>Reads Target-Dialog: <c>callid;local-tag=ours;remote-tag=theirs</c>, from the end of its recipient (RFC 4538 §3). Null when it is malformed.</summary>
    public static DialogName? FromTargetDialog(ReadOnlySpan<byte> value) => Read(value, "local-tag"u8, "remote-tag"u8);

    /// <summary>A dialog from our end of it.</summary>
    public static DialogName Of(Dialog dialog) =>
        new(Encoding.UTF8.GetString(dialog.CallId), Encoding.UTF8.GetString(dialog.LocalTag), Encoding.UTF8.GetString(dialog.RemoteTag));

    private static DialogName? Read(ReadOnlySpan<byte> value, ReadOnlySpan<byte> ours, ReadOnlySpan<byte> theirs)
    {
        var semicolon = value.IndexOf((byte)';');
        if (semicolon <= 0 || value.Length > MaxLength)
            return null;

        var callId = SipText.Trim(value[..semicolon]);
        var parameters = value[semicolon..];
        if (callId.IsEmpty || callId.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) >= 0 || callId.Contains((byte)',')
            || !SipParams.AreWellFormed(parameters)
            || !SipParams.TryGet(parameters, ours, out var local) || !SipText.IsToken(local)
            || !SipParams.TryGet(parameters, theirs, out var remote) || !SipText.IsToken(remote))
            return null;

        var earlyOnly = SipParams.TryGet(parameters, "early-only"u8, out _);
        return new DialogName(Encoding.ASCII.GetString(callId), Encoding.ASCII.GetString(local), Encoding.ASCII.GetString(remote), earlyOnly);
    }
}
