namespace Tandem.Calls.Calls;

/// <summary>The calls of one number, usually one. Thread-safe; once empty it is closed, and a new one takes its place.</summary>
internal sealed class NumberCalls
{
    private readonly Lock _lock = new();
    private LiveCall? _first;
    private HashSet<LiveCall>? _others;
    private bool _isClosed;

    /// <summary>Adds a call, which may be there already; false when this one is closed.</summary>
    public bool TryAdd(LiveCall call)
    {
        lock (_lock)
        {
            if (_isClosed)
                return false;

            // A call that is among the others stays there when the first one has gone: in both places it would be taken out of one.
            if (_first is null && _others?.Contains(call) is not true)
                _first = call;
            else if (_first != call)
                (_others ??= []).Add(call);
            return true;
        }
    }

    /// <summary>Takes a call out; true when none is left.</summary>
    public bool Remove(LiveCall call)
    {
        lock (_lock)
        {
            if (_first == call)
                _first = null;
            else
                _others?.Remove(call);

            _isClosed = _first is null && _others is not { Count: > 0 };
            return _isClosed;
        }
    }

    /// <summary>At most <paramref name="limit"/> of the calls, the one that has lasted longest without another first.</summary>
    public LiveCall[] Take(int limit)
    {
        lock (_lock)
        {
            var calls = new List<LiveCall>(1);
            if (_first is not null && limit > 0)
                calls.Add(_first);
            foreach (var call in _others ?? [])
            {
                if (calls.Count >= limit)
                    break;

                calls.Add(call);
            }

            return [.. calls];
        }
    }
}
