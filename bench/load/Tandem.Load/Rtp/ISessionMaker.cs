namespace Tandem.Load;

/// <summary>Sets up relayed sessions at a server.</summary>
public interface ISessionMaker : IDisposable
{
    /// <summary>Makes one call.</summary>
    /// <param name="call">Its number.</param>
    /// <param name="offer">The caller's SDP.</param>
    /// <param name="answer">Gives the callee's SDP to what the server offers it.</param>
    /// <returns>The server's SDP for the caller and for the callee.</returns>
    (string ToCaller, string ToCallee) Make(int call, string offer, Func<string, string> answer);

    /// <summary>Ends all calls.</summary>
    void End();
}
