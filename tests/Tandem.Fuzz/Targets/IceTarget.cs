using System.Buffers.Binary;
using Tandem.Core.Net;
using Tandem.Core.Time;
using Tandem.Media.Ice;
using Tandem.Media.Plan;

namespace Tandem.Fuzz.Targets;

/// <summary>
/// STUN as the media ports take it: the input as it is, which nobody signed and which therefore moves nothing, and the same attributes
/// signed by the peer.
/// </summary>
internal static class IceTarget
{
    private static readonly IcePlan Plan = new("ours", "ourpasswordourpassword", "peer", "peerpasswordpeerpassword", false);
    private static readonly NetAddress Peer = NetAddress.FromV4(0xC0000201, 4000);
    private static readonly NetAddress Stranger = NetAddress.FromV4(0xC0000202, 4000);

    public static int Run(byte[] input)
    {
        var agent = new IceAgent(new IceOptions(), new IceCounters(), new Random(1));
        agent.Apply(Plan, Moment.Zero);
        var answer = new byte[IceAgent.MaxMessageBytes + 8];
        Array.Fill(answer, (byte)0xEE);
        var now = Moment.FromMilliseconds(10);
        var raw = agent.Receive(input, Stranger, now, answer.AsSpan(0, IceAgent.MaxMessageBytes), out var length);
        Check.That(raw is IceVerdict.Ignored or IceVerdict.Forged && agent.Selected.IsUnspecified && agent.PairCount == 0, "an unsigned message moved something");
        Check.That(length <= input.Length, "the answer is longer than what nobody signed");

        var sealedInput = Seal(input);
        var signed = agent.Receive(sealedInput, Peer, now, answer.AsSpan(0, IceAgent.MaxMessageBytes), out length);
        Check.That(answer.AsSpan(IceAgent.MaxMessageBytes).IndexOfAnyExcept((byte)0xEE) < 0, "written beyond the answer");
        Check.That(agent.Selected.IsUnspecified || agent.Selected == Peer, "another address than the source is selected");
        if (length > 0)
            Check.That(StunMessage.TryParse(answer.AsSpan(0, length), out var message) && message.HasValidFingerprint(), "the answer is no message");

        var timeout = agent.OnDeadline(now + TimeSpan.FromSeconds(9), answer.AsSpan(0, IceAgent.MaxMessageBytes), out length, out _);
        var attributes = StunMessage.TryParse(sealedInput, out var read)
            ? HashCode.Combine(read.Class, read.HasUsername, read.UseCandidate, read.IsControlled, read.IsControlling, read.ErrorCode / 100, read.UnknownCount, read.TryGetMappedAddress(out _))
            : 0;
        return HashCode.Combine(raw, signed, timeout, attributes);
    }

    // The input's type, transaction and attributes, with the integrity and the fingerprint of one who knows the password.
    private static byte[] Seal(byte[] input)
    {
        var taken = Math.Clamp(input.Length & ~3, StunMessage.HeaderBytes, 1000);
        var buffer = new byte[taken + 64];
        var writer = new StunWriter(buffer, StunClass.Request, new byte[12]);
        input.AsSpan(0, Math.Min(taken, input.Length)).CopyTo(buffer);
        BinaryPrimitives.WriteUInt32BigEndian(buffer.AsSpan(4), 0x2112A442);
        writer.Skip(taken - StunMessage.HeaderBytes);
        writer.AddIntegrity("ourpasswordourpassword"u8, sha256: false);
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }
}
