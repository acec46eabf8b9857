using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>
/// Which attributes of one side's line the other one is told. A line that passes untouched takes along whatever speaks of the media itself;
/// of an audio line, which may end with us, only what people read goes on.
/// </summary>
internal static class PassedAttributes
{
    // What speaks of addresses, sessions or keys of one leg, and header extensions that only mean something on one transport.
    private static readonly string[] OfOneLeg = ["key-mgmt", "zrtp-hash", "identity", "msid-semantic", "extmap-allow-mixed", "nortpproxy", "direction", "connection", "rtcp-xr", "group"];
    private static readonly string[] OneTransport = ["sdes:mid", "sdes:rtp-stream-id", "sdes:repaired-rtp-stream-id", "transport-wide-cc"];
    private static readonly string[] OfAudio = ["label", "content", "lang", "silenceSupp"];

    /// <summary>True when it matters for <see cref="Of"/> how payload types of the line are renamed.</summary>
    public static bool NamesFormats(SdpMedia media) => media.Kind != "audio" && media.Others.Count > 0;

    /// <param name="media">The line of the side that says it.</param>
    /// <param name="withFeedback">The other side's line has a profile with feedback (RFC 4585 §4.2).</param>
    /// <param name="renamed">Payload types of the line and what the other side calls them; those that it does not have are left out.</param>
    public static List<string> Of(SdpMedia media, bool withFeedback, IReadOnlyDictionary<int, int> renamed)
    {
        var passed = new List<string>(media.Others.Count);
        foreach (var attribute in media.Others)
        {
            var colon = attribute.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? attribute : attribute[..colon];
            if (media.Kind == "audio")
            {
                if (Array.IndexOf(OfAudio, name) >= 0)
                    passed.Add(attribute);
            }
            else if (name == "rtcp-fb")
            {
                if (withFeedback && FormatReferences.Feedback(attribute, renamed) is { } feedback)
                    passed.Add(feedback);
            }
            else if (Array.IndexOf(OfOneLeg, name) < 0 && !(name == "extmap" && Array.Exists(OneTransport, uri => attribute.Contains(uri, StringComparison.Ordinal))))
            {
                passed.Add(attribute);
            }
        }

        return passed;
    }
}
