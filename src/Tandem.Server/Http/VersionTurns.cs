namespace Tandem.Server.Http;

/// <summary>
/// Turns: of two requests that change the same thing of the same tenant the second looks at its version when the first is done. There are as many as
/// things that are being changed now, and nobody waits for what others change.
/// </summary>
internal sealed class VersionTurns
{
    private readonly Dictionary<(string Tenant, string Path), Turn> _turns = [];

    /// <summary>Things that are being changed, or waited for.</summary>
    public int Count
    {
        get
        {
            lock (_turns)
                return _turns.Count;
        }
    }

    /// <summary>The turn of a request, once those before it have ended theirs; dispose it. Null when that takes too long.</summary>
    /// <param name="tenant">Whose thing it is.</param>
    /// <param name="path">Its path, in capital letters: small ones do not tell two apart, as they do not for routes.</param>
    /// <param name="wait">How long it may take.</param>
    /// <param name="cancellation">Nobody wants it any more.</param>
    public async Task<IDisposable?> TakeAsync(string tenant, string path, TimeSpan wait, CancellationToken cancellation)
    {
        var key = (tenant, path);
        Turn? turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(key, out turn))
                _turns.Add(key, turn = new Turn());
            turn.Users++;
        }

        var isTaken = false;
        try
        {
            isTaken = await turn.Gate.WaitAsync(wait, cancellation);
            return isTaken ? new Held(this, key, turn) : null;
        }
        finally
        {
            if (!isTaken)
                Leave(key, turn);
        }
    }

    private void Leave((string Tenant, string Path) key, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0)
                return;

            _turns.Remove(key);
        }

        turn.Gate.Dispose();
    }

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Held(VersionTurns turns, (string Tenant, string Path) key, Turn turn) : IDisposable
    {
        public void Dispose()
        {
            turn.Gate.Release();
            turns.Leave(key, turn);
        }
    }
}
