using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Srtp;

namespace Tandem.Media.Tests.Plan;

/// <summary>What negotiations stand on in tests: every codec, whatever libraries are here, and keys that a seed gives.</summary>
internal static class Contexts
{
    public static readonly CertificateFingerprint Certificate = new("sha-256", Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    public static readonly CertificateFingerprint SecondCertificate = new("sha-256", Enumerable.Range(100, 32).Select(i => (byte)i).ToArray());

    public static readonly NegotiationContext Plain = Of(new MediaOptions());

    public static NegotiationContext Of(MediaOptions options, int seed = 1)
    {
        var random = new Random(seed);
        return new NegotiationContext
        {
            Options = options,
            Formats =
            [
                new AudioFormat(AudioCodec.Opus, "opus", 48000, 2, 48000, -1, 20),
                new AudioFormat(AudioCodec.G722, "G722", 8000, 1, 16000, 9, 10),
                new AudioFormat(AudioCodec.Pcmu, "PCMU", 8000, 1, 8000, 0, 10),
                new AudioFormat(AudioCodec.Pcma, "PCMA", 8000, 1, 8000, 8, 10),
                new AudioFormat(AudioCodec.G729, "G729", 8000, 1, 8000, 18, 10),
                new AudioFormat(AudioCodec.Gsm, "GSM", 8000, 1, 8000, 3, 20),
                new AudioFormat(AudioCodec.L16, "L16", 16000, 1, 16000, -1, 10),
            ],
            Shares = CodecCatalog.Shares,
            Fingerprints = [Certificate, SecondCertificate],
            Random = random.NextBytes,
        };
    }
}
