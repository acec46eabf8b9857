namespace Tandem.Sip.Transport;

/// <summary>A socket that a shard loop reads by itself.</summary>
internal interface IShardInlet
{
    /// <summary>What the loop's waiter watches.</summary>
    int Descriptor { get; }

    /// <summary>
    /// Messages that wait unread, about, on the loop's thread; <see cref="int.MaxValue"/> when nobody knows, or when the system is about
    /// to drop some.
    /// </summary>
    int Waiting { get; }

    /// <summary>Takes one batch, on the thread of <paramref name="loop"/>; true when more may wait.</summary>
    bool Receive(ShardLoop loop);
}
