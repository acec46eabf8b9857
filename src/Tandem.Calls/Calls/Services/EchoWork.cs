namespace Tandem.Calls.Calls.Services;

/// <summary>The caller hears himself.</summary>
internal sealed class EchoWork(LiveCall call) : IServiceWork
{
    public CallEnding? Begin()
    {
        call.Model.Media!.Sound.Echo(CallSide.Caller, true);
        return null;
    }

    public void End()
    {
        // The session ends with the call, and the echo with it.
    }
}
