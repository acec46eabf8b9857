using Tandem.Sip.Messages;

namespace Tandem.Sip.Transactions;

/// <summary>
/// The server transactions, by what RFC 3261 §17.2.3 matches requests with and by what §8.2.2.2 recognizes merged ones
/// with. Chained hashing through the transactions themselves: an entry costs its key. The hash is keyed per process,
/// so that nobody can choose requests that collide.
/// </summary>
internal sealed class ServerTransactionTable
{
    private ServerTransaction?[] _matches = new ServerTransaction?[256];
    private ServerTransaction?[] _merges = new ServerTransaction?[256];
    private ServerTransaction?[] _slots = new ServerTransaction?[256];
    private readonly Stack<int> _free = [];
    private int _used;
    private uint _serial;

    public int Count { get; private set; }

    /// <summary>The transaction that <paramref name="key"/> matches; CANCEL and its request differ only in the method.</summary>
    public ServerTransaction? Find(ReadOnlySpan<byte> key, SipMethod method)
    {
        for (var found = First(key, out var hash); found is not null; found = found.NextMatch)
        {
            if (IsMatch(found, hash, key) && found.Method == method)
                return found;
        }

        return null;
    }

    /// <summary>The transaction that a CANCEL with this key means (RFC 3261 §9.2): any but a CANCEL.</summary>
    public ServerTransaction? FindCancelled(ReadOnlySpan<byte> key)
    {
        for (var found = First(key, out var hash); found is not null; found = found.NextMatch)
        {
            if (IsMatch(found, hash, key) && found.Method != SipMethod.Cancel)
                return found;
        }

        return null;
    }

    /// <summary>True when another transaction came from the same request (RFC 3261 §8.2.2.2).</summary>
    public bool IsMerged(ReadOnlySpan<byte> mergeKey)
    {
        var hash = KeyHash.Of(mergeKey);
        for (var found = _merges[hash & (_merges.Length - 1)]; found is not null; found = found.NextMerge)
        {
            if (found.MergeHash == hash && found.Key.AsSpan(found.MatchLength).SequenceEqual(mergeKey))
                return true;
        }

        return false;
    }

    /// <summary>The transaction whose packets carry <paramref name="tag"/>, a negative number; null when it has ended.</summary>
    public ServerTransaction? Find(long tag)
    {
        var slot = (uint)(-1 - tag);
        return slot < _slots.Length && _slots[slot] is { } found && found.Tag == tag ? found : null;
    }

    public void Add(ServerTransaction transaction)
    {
        if (Count >= _matches.Length)
            Grow();

        transaction.MatchHash = KeyHash.Of(transaction.Key.AsSpan(0, transaction.MatchLength));
        Link(transaction, _matches, _merges);
        var slot = _free.Count > 0 ? _free.Pop() : _used++;
        if (slot == _slots.Length)
            Array.Resize(ref _slots, slot * 2);

        _slots[slot] = transaction;
        transaction.SetTag(-1 - (((long)(++_serial & 0x7FFF_FFFF) << 32) | (uint)slot));
        Count++;
    }

    public void Remove(ServerTransaction transaction)
    {
        var slot = (int)(uint)(-1 - transaction.Tag);
        _slots[slot] = null;
        _free.Push(slot);
        Count--;
        ref var head = ref _matches[transaction.MatchHash & (_matches.Length - 1)];
        if (ReferenceEquals(head, transaction))
        {
            head = transaction.NextMatch;
        }
        else
        {
            var before = head!;
            while (!ReferenceEquals(before.NextMatch, transaction))
                before = before.NextMatch!;
            before.NextMatch = transaction.NextMatch;
        }

        if (HasMergeKey(transaction))
            RemoveMerge(transaction);
    }

    private void RemoveMerge(ServerTransaction transaction)
    {
        ref var head = ref _merges[transaction.MergeHash & (_merges.Length - 1)];
        if (ReferenceEquals(head, transaction))
        {
            head = transaction.NextMerge;
            return;
        }

        var before = head!;
        while (!ReferenceEquals(before.NextMerge, transaction))
            before = before.NextMerge!;
        before.NextMerge = transaction.NextMerge;
    }

    private static bool HasMergeKey(ServerTransaction transaction) => transaction.Key.Length > transaction.MatchLength;

    private static bool IsMatch(ServerTransaction found, int hash, ReadOnlySpan<byte> key) =>
        found.MatchHash == hash && found.Key.AsSpan(0, found.MatchLength).SequenceEqual(key);

    private ServerTransaction? First(ReadOnlySpan<byte> key, out int hash)
    {
        hash = KeyHash.Of(key);
        return _matches[hash & (_matches.Length - 1)];
    }

    private static void Link(ServerTransaction transaction, ServerTransaction?[] matches, ServerTransaction?[] merges)
    {
        ref var match = ref matches[transaction.MatchHash & (matches.Length - 1)];
        transaction.NextMatch = match;
        match = transaction;
        if (!HasMergeKey(transaction))
            return;

        transaction.MergeHash = KeyHash.Of(transaction.Key.AsSpan(transaction.MatchLength));
        ref var merge = ref merges[transaction.MergeHash & (merges.Length - 1)];
        transaction.NextMerge = merge;
        merge = transaction;
    }

    private void Grow()
    {
        var matches = new ServerTransaction?[_matches.Length * 2];
        var merges = new ServerTransaction?[matches.Length];
        foreach (var transaction in _slots)
        {
            if (transaction is not null)
                Link(transaction, matches, merges);
        }

        _matches = matches;
        _merges = merges;
    }
}
