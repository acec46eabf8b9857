using System.Text;
using Tandem.Calls.Routing;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Transfer;

/// <summary>What a REFER asks for (RFC 3515), as far as it can be known without looking anything up.</summary>
/// <param name="Number">The user part of Refer-To.</param>
/// <param name="Host">Its host; empty for a tel: URI, which names no exchange.</param>
/// <param name="IsSecure">Refer-To is a sips: URI: only contacts over TLS may ring.</param>
/// <param name="Replaces">The dialog that the new call is to replace (RFC 3891); null for a blind transfer.</param>
/// <param name="WantsNotifies">False for Refer-Sub: false (RFC 4488): nobody wants to hear of the progress.</param>
/// <param name="MaxForwards">The hops of the REFER, for the calls that it makes; -1 when it does not say.</param>
internal sealed record ReferOrder(string Number, string Host, bool IsSecure, DialogName? Replaces, bool WantsNotifies, int MaxForwards)
{
    private const int MaxNumber = 64;

    /// <summary>Where the leg goes, when it is no number that a phone could dial: only programs ask for that, never a REFER.</summary>
    public Destination? To { get; init; }

    /// <summary>Who is fetched from a service of the exchange, when that is whose dialog is replaced; null for nobody.</summary>
    public Parking.WaitingPerson? Fetches { get; init; }

    /// <summary>The slot that is kept for who is transferred; null for a transfer to a number.</summary>
    public Parking.ParkingSlot? Slot { get; init; }

    /// <summary>
    /// Reads a REFER. Null with the status of the refusal: 400 for anything but one readable Refer-To (RFC 3515 §2.4.2) or a
    /// Replaces in it that is malformed or doubled, 603 for what is no call: another method, another scheme.
    /// </summary>
    public static ReferOrder? Read(SipMessage refer, out int refusal)
    {
        refusal = 400;
        var values = refer.Values(HeaderName.ReferTo, 2);
        if (!values.MoveNext() || !NameAddrValue.TryParse(values.Current, out var target) || !target.TryGetUri(out var uri) || values.MoveNext())
            return null;

        if (!TryReadReplaces(uri.Headers, out var replaces))
            return null;

        refusal = 603;
        if (uri.Scheme is not (UriScheme.Sip or UriScheme.Sips or UriScheme.Tel))
            return null;
        if (uri.TryGetParam("method"u8, out var method) && !SipText.EqualsIgnoreCase(method, "INVITE"u8))
            return null;

        refusal = 0;
        var number = uri.UserText();
        var noNotifies = refer.TryGetHeader(HeaderName.ReferSub, out var sub) && SipText.EqualsIgnoreCase(BeforeParams(sub), "false"u8);
        return new ReferOrder(
            number.Length > MaxNumber ? number[..MaxNumber] : number,
            uri.Scheme == UriScheme.Tel ? "" : uri.HostText(),
            uri.Scheme == UriScheme.Sips,
            replaces,
            !noNotifies,
            refer.MaxForwards);
    }

    // Of the headers that a URI may ask for only Replaces is obeyed (RFC 3261 §19.1.5: no others are honoured without thought).
    private static bool TryReadReplaces(ReadOnlySpan<byte> headers, out DialogName? replaces)
    {
        replaces = null;
        while (headers.Length > 0)
        {
            var end = headers.IndexOf((byte)'&');
            var one = end < 0 ? headers : headers[..end];
            headers = end < 0 ? default : headers[(end + 1)..];
            var equal = one.IndexOf((byte)'=');
            if (equal <= 0 || !SipEscaping.EqualsText(one[..equal], "Replaces"u8, ignoreCase: true))
                continue;

            if (replaces is not null)
                return false;

            replaces = DialogName.FromReplaces(Encoding.UTF8.GetBytes(SipEscaping.Unescape(one[(equal + 1)..])));
            if (replaces is null)
                return false;
        }

        return true;
    }

    private static ReadOnlySpan<byte> BeforeParams(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return SipText.Trim(semicolon < 0 ? value : value[..semicolon]);
    }
}
