using System.Runtime.InteropServices;

namespace Tandem.Server.Hosting;

/// <summary>
/// Ctrl-C, SIGTERM and the loss of the terminal: the first asks for an orderly stop, the second for an immediate one.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly CancellationTokenRegistration _outer;

    /// <param name="outer">Asks for an orderly stop as well.</param>
    /// <param name="listen">True to take the signals of the process; tests do without.</param>
    public StopSignals(CancellationToken outer, bool listen)
    {
        _outer = outer.Register(Raise);
        if (!listen)
            return;

        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Raise();
            }));
        }
    }

    /// <summary>An orderly stop was asked for.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>An immediate stop was asked for.</summary>
    public CancellationToken Hurry => _hurry.Token;

    /// <summary>Completes when an orderly stop is asked for.</summary>
    public Task WaitAsync()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stop.Token.Register(asked.SetResult);
        return asked.Task;
    }

    /// <summary>What a signal does.</summary>
    public void Raise()
    {
        if (_stop.IsCancellationRequested)
            _hurry.Cancel();
        else
            _stop.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();

        _outer.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }
}
