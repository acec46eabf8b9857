using Tandem.Core.Time;

namespace Tandem.Sip.Engine;

/// <summary>
/// Sees every SIP message of a shard: as it arrives, before the shard looks at it, and as it leaves, repetitions too. It is called on the
/// loops of the shards, one at a time each: it must be thread-safe, must neither block nor throw, and copies what it wants to keep.
/// </summary>
public interface ISipObserver
{
    /// <summary>A message passed.</summary>
    /// <param name="direction">Which way.</param>
    /// <param name="flow">Between which addresses; the local one of a sent message may be unspecified.</param>
    /// <param name="message">The whole message; valid during the call only.</param>
    /// <param name="shard">The shard, from 0.</param>
    /// <param name="at">When.</param>
    void Seen(SipDirection direction, in SipFlow flow, ReadOnlySpan<byte> message, int shard, Moment at);
}
