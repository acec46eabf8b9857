using System.Threading.Channels;

namespace Tandem.Scenarios.Peers;

/// <summary>What a peer has reported, in order. Each event is taken once; what a wait passes over is kept for the failure text.</summary>
/// <typeparam name="T">One report.</typeparam>
public sealed class EventLog<T>(string owner, Func<string> context)
{
    private readonly Channel<T> _events = Channel.CreateUnbounded<T>();
    private readonly List<T> _passed = [];

    public void Add(T report) => _events.Writer.TryWrite(report);

    /// <summary>The next report that <paramref name="accept"/> takes; those before it are passed over.</summary>
    public async Task<T> NextAsync(Func<T, bool> accept, string what, int seconds)
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        try
        {
            while (true)
            {
                var next = await _events.Reader.ReadAsync(cancel.Token);
                _passed.Add(next);
                if (accept(next))
                    return next;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{owner} saw no {what} within {seconds} s, only:\n{string.Join('\n', _passed)}\n{context()}");
        }
    }
}
