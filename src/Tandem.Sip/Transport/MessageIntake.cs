using Tandem.Core.Buffers;
using Tandem.Core.Time;
using Tandem.Sip.Engine;
using Tandem.Sip.Messages;
using Tandem.Sip.Parsing;

namespace Tandem.Sip.Transport;

/// <summary>The way of received bytes to their shard: guard, sizes, parser, hash, mailbox. Used by all receiving threads.</summary>
internal sealed class MessageIntake(
    SipTransportOptions options, IReadOnlyList<ShardLoop> shards, ISourceGuard guard, Clock clock, SipTransportCounters counters)
{
    // Some phones keep their NAT open by a few bytes of nothing.
    private const int LongestKeepAlive = 8;

    private readonly ShardLoop[] _shards = [.. shards];

    /// <summary>The clock of the transport.</summary>
    public Clock Clock => clock;

    /// <summary>Takes a datagram.</summary>
    /// <param name="data">Its bytes; they are copied.</param>
    /// <param name="flow">Where it came from.</param>
    /// <param name="now">The time.</param>
    /// <param name="receiver">The loop on whose thread this runs; null on any other thread.</param>
    public void TakeDatagram(ReadOnlySpan<byte> data, in SipFlow flow, Moment now, ShardLoop? receiver)
    {
        SipTransportCounters.Add(ref counters.DatagramsInField);
        SipTransportCounters.Add(ref counters.DatagramBytesInField, data.Length);
        if (data.Length <= LongestKeepAlive && data.IndexOfAnyExcept((byte)'\r', (byte)'\n', (byte)0) < 0)
        {
            SipTransportCounters.Add(ref counters.DatagramKeepAlivesField);
        }
        else if (data.Length < options.MinDatagramBytes)
        {
            SipTransportCounters.Add(ref counters.DatagramsUndersizedField);
        }
        else if (data.Length > options.Limits.MaxMessageBytes)
        {
            SipTransportCounters.Add(ref counters.DatagramsOversizedField);
        }
        else if (IsAdmitted(flow, now))
        {
            var buffer = BufferPool.Shared.Rent(data.Length);
            data.CopyTo(buffer.Array);
            buffer.Length = data.Length;
            TakeMessage(buffer, flow, now, receiver);
        }
    }

    /// <summary>Answers a keep-alive of STUN (RFC 5626 §8) from the socket that it came to.</summary>
    public void TakeStun(ReadOnlySpan<byte> data, in SipFlow flow, Moment now, UdpEndpoint endpoint)
    {
        SipTransportCounters.Add(ref counters.DatagramsInField);
        SipTransportCounters.Add(ref counters.DatagramBytesInField, data.Length);
        if (!IsAdmitted(flow, now))
            return;

        SipTransportCounters.Add(ref counters.StunRequestsField);
        Span<byte> answer = stackalloc byte[StunBinding.MaxAnswerBytes];
        var length = StunBinding.Answer(data, flow.Remote, answer);
        if (length > 0 && endpoint.Send(answer[..length], flow.Remote) == UdpEndpoint.SendResult.Sent)
        {
            SipTransportCounters.Add(ref counters.StunAnswersField);
            SipTransportCounters.Add(ref counters.DatagramsOutField);
            SipTransportCounters.Add(ref counters.DatagramBytesOutField, length);
        }
    }

    /// <summary>
    /// Takes what ICMP says of a datagram of ours. Which shard sent it only the branch in it tells, and only a shard can tell whether
    /// that is one of its own: all are asked.
    /// </summary>
    public void TakeIcmpError(ReadOnlySpan<byte> data, in SipFlow target, bool isUnreachable)
    {
        SipTransportCounters.Add(ref counters.IcmpErrorsField);
        if (!isUnreachable || data.Length < options.MinDatagramBytes || data.StartsWith("SIP/2.0 "u8))
            return;

        var input = new SipInput(null, target, Undelivered: data.ToArray());
        foreach (var shard in _shards)
        {
            if (!shard.TryPost(input))
                SipTransportCounters.Add(ref counters.FailuresLostField);
        }
    }

    /// <summary>Asks the guard and counts a refusal.</summary>
    public bool IsAdmitted(in SipFlow flow, Moment now)
    {
        // There is no way back to a link-local address without its interface.
        if (!flow.Remote.IsLinkLocalV6 && guard.Admits(flow.Remote, now))
            return true;

        SipTransportCounters.Add(ref counters.RefusedByGuardField);
        return false;
    }

    /// <summary>Parses a message, whose reference is taken over, and gives it to its shard.</summary>
    /// <param name="broken">Why the stream behind this head cannot be followed; it goes before what the parser finds.</param>
    /// <param name="proven">The connection that it came on, when whoever opened that has shown who it is: it may become the way back (RFC 5923 §8.2).</param>
    public void TakeMessage(
        PooledBuffer buffer, in SipFlow flow, Moment now, ShardLoop? receiver, SipRejection broken = SipRejection.None, SipConnection? proven = null)
    {
        var rejection = SipParser.Parse(buffer, options.Limits, out var message);
        if (message is null)
        {
            SipTransportCounters.Add(ref counters.UnparsableField);
            return;
        }

        if (proven is not null && rejection == SipRejection.None && message.IsRequest && message.TryGetTopVia(out var via) && via.TryGetParam("alias"u8, out _))
            proven.OfferAlias(via.Port > 0 ? via.Port : SipAddressing.DefaultPort(flow.Transport));

        if (broken != SipRejection.None)
            rejection = broken;

        var shard = _shards[ShardSelector.Pick(message, _shards.Length)];
        var input = new SipInput(message, flow, rejection);
        if (shard == receiver)
        {
            shard.Handle(input, now);
            return;
        }

        if (receiver is not null)
            SipTransportCounters.Add(ref counters.DatagramsForwardedField);
        if (shard.TryPost(input))
            return;

        SipTransportCounters.Add(ref counters.MailboxFullField);
        message.Release();
    }

    /// <summary>Reports what should not have been thrown while a connection was read or written, on any thread.</summary>
    public void Fault(Exception exception)
    {
        if (_shards.Length > 0)
            _shards[0].Fault(exception);
    }

    /// <summary>Tells a shard that a packet was not sent (RFC 3261 §18.4).</summary>
    public void ReportFailure(int shard, in SipFlow target, long tag)
    {
        SipTransportCounters.Add(ref counters.SendFailuresField);
        if (tag != 0 && !_shards[shard].TryPost(new SipInput(null, target, FailedTag: tag)))
            SipTransportCounters.Add(ref counters.FailuresLostField);
    }
}
