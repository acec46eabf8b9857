using System.Collections.Concurrent;

namespace Tandem.Core.Loops;

/// <summary>
/// The turn queue of one loop: a synchronization context whose posted work runs, in order, when the loop says so.
/// Async code that starts on the loop resumes on it, one continuation a turn. In a test the test is the loop, so
/// every interleaving is the same each time.
/// </summary>
public sealed class TurnQueue : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _turns = new();

    /// <summary>Called, on the posting thread, when a turn was added: the driver wakes its loop here.</summary>
    public Action? Wake { get; set; }

    /// <summary>Called with what an <c>async void</c> turn threw; without a handler the exception leaves <see cref="RunAll"/>.</summary>
    public Action<Exception>? Failed { get; set; }

    /// <summary>Turns that wait.</summary>
    public int Count => _turns.Count;

    public override void Post(SendOrPostCallback d, object? state)
    {
        _turns.Enqueue((d, state));
        Wake?.Invoke();
    }

    /// <summary>Posts <paramref name="action"/> as a turn.</summary>
    public void Post(Action action) => Post(static state => ((Action)state!)(), action);

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("a turn is posted, never sent: a loop must not wait for another");

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs turns until none is left, those posted meanwhile too, at most <paramref name="limit"/>. Returns how many ran.</summary>
    public int RunAll(int limit = int.MaxValue)
    {
        if (_turns.IsEmpty)
            return 0;

        var previous = Current;
        SetSynchronizationContext(this);
        var ran = 0;
        try
        {
            while (ran < limit && _turns.TryDequeue(out var turn))
            {
                ran++;
                try
                {
                    turn.Callback(turn.State);
                }
                catch (Exception e) when (Failed is not null)
                {
                    Failed(e);
                }
            }
        }
        finally
        {
            SetSynchronizationContext(previous);
        }

        return ran;
    }
}
