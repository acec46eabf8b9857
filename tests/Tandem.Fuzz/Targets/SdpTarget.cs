using Tandem.Core.Net;
using Tandem.Media;
using Tandem.Media.Sdp;

namespace Tandem.Fuzz.Targets;

/// <summary>SDP: what is read is written from its parts with our address, and that reads again with as many media lines.</summary>
internal static class SdpTarget
{
    private static readonly MediaOptions Limits = new();
    private static readonly NetAddress Ours = NetAddress.FromV4(0xC6336401, 0);

    public static int Run(byte[] input)
    {
        if (!SdpParser.TryParse(input, Limits, out var document, out var error))
        {
            Check.That(error.Length > 0 && error.AsSpan().IndexOfAny('\r', '\n') < 0, "no reason");
            return error.GetHashCode(StringComparison.Ordinal) & 0xFFFF;
        }

        var sections = new SdpSection[document.Media.Count];
        for (var i = 0; i < sections.Length; i++)
        {
            var media = document.Media[i];
            sections[i] = new SdpSection
            {
                Kind = media.Kind,
                Port = media.Port,
                Protocol = media.Protocol,
                Formats = media.Formats,
                Mid = media.Mid,
                Crypto = media.Crypto,
                Bandwidths = media.Bandwidths,
                Others = media.Others,
            };
        }

        var written = SdpWriter.Write(new SdpOrigin(1), Ours, document.Bundles, sections);
        var wide = Limits with { MaxSdpBytes = Limits.MaxSdpBytes * 4, MaxSdpLines = Limits.MaxSdpLines * 4 };
        Check.That(SdpParser.TryParse(written, wide, out var again, out error), "what was written is not read: " + error);
        Check.That(again!.Media.Count == document.Media.Count, "another number of media lines");
        for (var i = 0; i < sections.Length; i++)
            Check.That(again.Media[i].Formats.SequenceEqual(document.Media[i].Formats), "other formats");
        return HashCode.Combine(document.Media.Count, Math.Min(document.Lines.Count, 30));
    }
}
