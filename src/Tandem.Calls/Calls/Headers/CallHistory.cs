using System.Globalization;
using System.Text;
using Tandem.Sip.Messages;

namespace Tandem.Calls.Calls.Headers;

/// <summary>
/// The way that a call took before it reached its target: History-Info (RFC 7044) and Diversion (RFC 5806) are two spellings of
/// it, and both are written, because phones and carriers know one or the other. Immutable; each diversion makes a longer one.
/// </summary>
internal sealed class CallHistory
{
    /// <summary>A call that went nowhere else.</summary>
    public static readonly CallHistory Empty = new([]);

    /// <summary>Stations that are kept. A call that was sent on more often goes in a circle.</summary>
    public const int MostStations = 10;

    private const int MostUriLength = 256;

    private readonly Station[] _stations;

    private CallHistory(Station[] stations) => _stations = stations;

    /// <summary>How often the call was sent on.</summary>
    public int Diversions => _stations.Length;

    /// <summary>True when it was sent on as often as we follow.</summary>
    public bool IsFull => _stations.Length >= MostStations;

    /// <summary>
    /// Reads the Diversion values of a request from inside the trust domain, the newest first as they stand there. What cannot be read
    /// is left out, and so is what is above <see cref="MostStations"/>.
    /// </summary>
    public static CallHistory Read(SipMessage request)
    {
        var stations = new List<Station>();
        foreach (var value in request.Values(HeaderName.Diversion, MostStations))
        {
            if (!NameAddrValue.TryParse(value, out var station) || station.Uri.Length > MostUriLength)
                continue;

            var reason = station.TryGetParam("reason"u8, out var text) ? ReasonOf(text) : DiversionReason.Unconditional;
            stations.Add(new Station(station.UriText(), reason));
        }

        stations.Reverse();
        return stations.Count == 0 ? Empty : new CallHistory([.. stations]);
    }

    /// <summary>The call was for <paramref name="uri"/> and goes on for <paramref name="reason"/>. A full history stays as it is.</summary>
    public CallHistory Divert(string uri, DiversionReason reason) =>
        IsFull || uri.Length > MostUriLength ? this : new CallHistory([.. _stations, new Station(uri, reason)]);

    /// <summary>The header fields of an INVITE to <paramref name="target"/>; none for a call that was not sent on, or whose history is hidden.</summary>
    public IEnumerable<(HeaderName Name, string Value)> Headers(string target, bool isHidden)
    {
        if (_stations.Length == 0 || isHidden)
            yield break;

        yield return (HeaderName.HistoryInfo, HistoryInfo(target));
        yield return (HeaderName.Diversion, Diversion());
    }

    // RFC 7044 §5: each target hangs below the one before it, with the cause (RFC 4458) that led to it, and mp for a change of user.
    private string HistoryInfo(string target)
    {
        var text = new StringBuilder();
        var index = "1";
        for (var i = 0; i <= _stations.Length; i++)
        {
            var uri = i < _stations.Length ? _stations[i].Uri : target;
            if (i == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"<{uri}>;index={index}");
                continue;
            }

            var parent = index;
            index += ".1";
            text.Append(CultureInfo.InvariantCulture, $", <{uri};cause={CauseOf(_stations[i - 1].Reason)}>;index={index};mp={parent}");
        }

        return text.ToString();
    }

    // RFC 5806 §3: the newest first; counter is 1 for what we wrote ourselves.
    private string Diversion()
    {
        var text = new StringBuilder();
        for (var i = _stations.Length - 1; i >= 0; i--)
        {
            if (text.Length > 0)
                text.Append(", ");
            text.Append(CultureInfo.InvariantCulture, $"<{_stations[i].Uri}>;reason={TextOf(_stations[i].Reason)};counter=1");
        }

        return text.ToString();
    }

    private static int CauseOf(DiversionReason reason) => reason switch
    {
        DiversionReason.Busy => 486,
        DiversionReason.NoAnswer => 408,
        DiversionReason.Unavailable => 503,
        DiversionReason.Deflection => 480,
        _ => 302,
    };

    private static string TextOf(DiversionReason reason) => reason switch
    {
        DiversionReason.Unconditional => "unconditional",
        DiversionReason.Busy => "user-busy",
        DiversionReason.NoAnswer => "no-answer",
        DiversionReason.Unavailable => "unavailable",
        DiversionReason.Deflection => "deflection",
        _ => "unknown",
    };

    private static DiversionReason ReasonOf(ReadOnlySpan<byte> text)
    {
        if (SipText.EqualsIgnoreCase(text, "user-busy"u8))
            return DiversionReason.Busy;
        if (SipText.EqualsIgnoreCase(text, "no-answer"u8))
            return DiversionReason.NoAnswer;
        if (SipText.EqualsIgnoreCase(text, "unavailable"u8))
            return DiversionReason.Unavailable;
        return SipText.EqualsIgnoreCase(text, "deflection"u8) ? DiversionReason.Deflection : DiversionReason.Unconditional;
    }

    private readonly record struct Station(string Uri, DiversionReason Reason);
}
