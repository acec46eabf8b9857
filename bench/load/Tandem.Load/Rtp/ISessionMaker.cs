namespace Tandem.Load;

/// <summary>Sets up relayed sessions at a server.</summary>
public interface ISessionMaker : IDisposable
{
    /// <summary>
    /// Makes one call between our two RTP ports. Returns the server's ports: the one to which the caller's packets go, and the
    /// one to which the callee's go.
    /// </summary>
    (int CallerSends, int CalleeSends) Make(int call, int callerPort, int calleePort);

    /// <summary>Ends all calls.</summary>
    void End();
}
