using Tandem.Core.Net;
using Tandem.Media;
using Tandem.Media.Codecs;
using Tandem.Media.Plan;
using Tandem.Media.Sdp;
using Tandem.Media.Srtp;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// A session that gets hostile offers and answers: descriptions with NUL between them, the first letter of each saying what is done with
/// it. Whatever happens, every description that comes out can be read, and the plan names only transports that are there.
/// </summary>
internal static class NegotiationTarget
{
    private static readonly MediaOptions Options = new();
    private static readonly MediaOptions Wide = Options with { MaxSdpBytes = 1 << 20, MaxSdpLines = 1 << 14 };

    public static int Run(byte[] input)
    {
        var random = new Random(1);
        var context = new NegotiationContext
        {
            Options = Options,
            Formats = CodecCatalog.Available,
            Shares = CodecCatalog.Shares,
            Fingerprints = [new CertificateFingerprint("sha-256", new byte[32])],
            Random = random.NextBytes,
        };
        var negotiation = new SessionNegotiation(context, new Ports(), random);
        var verdicts = new HashCode();
        for (var start = 0; start < input.Length;)
        {
            var end = Array.IndexOf(input, (byte)0, start);
            if (end < 0)
                end = input.Length;
            if (end > start)
                verdicts.Add(Step(negotiation, context, input[start], input.AsMemory(start + 1, end - start - 1)));
            start = end + 1;
        }

        Hold(negotiation.Plan);
        return verdicts.ToHashCode() & 0x3FFF;
    }

    private static MediaError Step(SessionNegotiation negotiation, NegotiationContext context, byte what, ReadOnlyMemory<byte> sdp)
    {
        var side = (MediaSide)(what & 1);
        var policy = context.Policy with { IsBrowser = (what & 16) != 0, Srtp = (SrtpPolicy)((what >> 5) % 3), PlaysOnHold = (what & 8) != 0, OffersKeys = (what & 2) != 0 };
        MediaAnswer result;
        switch ((what >> 1) & 7)
        {
            case 0 or 4:
                result = negotiation.Offer(side, sdp);
                break;
            case 1 or 5:
                result = negotiation.Answer(side, sdp);
                break;
            case 2:
                result = negotiation.Accept(side, sdp);
                break;
            case 3:
                result = negotiation.Create(side);
                break;
            case 6:
                negotiation.Expect(side, policy);
                result = negotiation.OpenOffer(side);
                break;
            default:
                negotiation.Abandon();
                return MediaError.WrongState;
        }

        Check.That(result.IsAccepted == (result.Text.Length == 0), "a refusal without a reason, or a reason without a refusal");
        if (!result.Sdp.IsEmpty)
            Check.That(SdpParser.TryParse(result.Sdp, Wide, out _, out var error), "what was written is not read: " + error);
        Hold(negotiation.Plan);
        return result.Error;
    }

    private static void Hold(MediaPlan plan)
    {
        for (var i = 0; i < plan.Lines.Count; i++)
        {
            if (plan.Lines[i] is not { } line)
                continue;

            Check.That(line.A is null || plan.Transport(i, MediaSide.A) is not null, "side A has no transport");
            Check.That(line.B is null || plan.Transport(i, MediaSide.B) is not null, "side B has no transport");
            Check.That(line.A is not null || line.B is not null, "a line without sides");
        }
    }

    private sealed class Ports : ILocalPorts
    {
        public bool TryGetAddress(NetAddress peer, bool isV6, out NetAddress address)
        {
            address = NetAddress.FromV4(0xC6336401, 0);
            return !isV6;
        }

        public bool TryReserve(int line, MediaSide side, bool isV6, bool withRtcp, out int port)
        {
            port = 20_000 + (line * 4) + ((int)side * 2);
            return true;
        }

        public void Keep(ReadOnlySpan<bool> towardA, ReadOnlySpan<bool> towardB)
        {
        }
    }
}
