using Tandem.Core.Net;
using Tandem.Media;
using Tandem.Media.Sdp;

namespace Tandem.Fuzz.Targets;

/// <summary>SDP: what is read is written with our address, and that reads again with as many media lines.</summary>
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

        var rewrites = new SdpMediaRewrite[document.Media.Count];
        var written = new SdpRewriter(1).Write(document, Ours, rewrites);
        Check.That(SdpParser.TryParse(written, Limits, out var again, out error), "what was written is not read: " + error);
        Check.That(again!.Media.Count == document.Media.Count, "another number of media lines");
        return HashCode.Combine(document.Media.Count, Math.Min(document.Lines.Count, 30));
    }
}
