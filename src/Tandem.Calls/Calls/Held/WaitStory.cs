using Tandem.Calls.Calls.Stories;

namespace Tandem.Calls.Calls.Held;

/// <summary>A call that is not answered waits for a program of the tenant: the world is told, and commands say what happens.</summary>
internal sealed class WaitStory(LiveCall call, string name)
{
    private ProgramWait _wait = null!;

    /// <summary>How the call ended meanwhile; null when it did not.</summary>
    public CallEnding? Ending { get; private set; }

    /// <summary>Completes with what was said.</summary>
    /// <param name="limit">How long a program may say nothing; each command begins it anew.</param>
    /// <param name="longest">How long it may last in all.</param>
    public async ValueTask<WaitEnd> RunAsync(TimeSpan limit, TimeSpan longest)
    {
        var control = call.Control ??= new Commands.CallControl(call);
        _wait = new ProgramWait(call, name);
        control.Wait = _wait;
        HeldProgram.Announce(call, name, limit);
        var last = call.Now + longest;
        var due = call.Now + limit;
        while (call.Now < due && call.Now < last)
        {
            call.SetDeadline((due < last ? due : last) - call.Now);
            var signal = await call.NextAsync();
            Ending = Take(signal);
            signal.Message?.Release();
            if (Ending is not null)
                return WaitEnd.Over;
            if (_wait.Answering is not null)
                return WaitEnd.Answer;
            if (_wait.HasOrder)
                return WaitEnd.Onward;
            if (signal.Kind == CallSignalKind.Woken)
                due = call.Now + limit;
        }

        return WaitEnd.TimedOut;
    }

    /// <summary>What commands have done to it.</summary>
    public ProgramWait Wait => _wait;

    private CallEnding? Take(in CallSignal signal)
    {
        switch (signal.Kind)
        {
            case CallSignalKind.Key when signal.Side == CallSide.Caller:
                call.Control!.OnKey(CallSide.Caller, (char)signal.Status);
                return null;
            case CallSignalKind.SoundEnded:
                call.Control!.Sounds.Over(signal.Status);
                return null;
            default:
                return UnansweredCaller.EndOf(call, signal);
        }
    }
}
