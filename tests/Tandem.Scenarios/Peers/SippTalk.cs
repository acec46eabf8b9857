namespace Tandem.Scenarios.Peers;

/// <summary>Two sipps in a call, whose dialog others can name.</summary>
public sealed class SippTalk : IDisposable
{
    private readonly ChildProcess _caller;
    private readonly ChildProcess _callee;

    private SippTalk(SippPhone phone, ChildProcess caller, ChildProcess callee, string dialog)
    {
        Caller = phone;
        _caller = caller;
        _callee = callee;
        var parts = dialog.Split(' ');
        Dialog = [("dialog", parts[0]), ("theirs", parts[1]), ("ours", parts[2])];
    }

    /// <summary>Who calls.</summary>
    public SippPhone Caller { get; }

    /// <summary>Call-ID, the exchange's tag and the caller's tag of the caller's dialog.</summary>
    public (string Name, string Value)[] Dialog { get; }

    /// <summary>Starts the call and waits until it is answered.</summary>
    /// <param name="server">The exchange.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="callee">Who is called; registered.</param>
    /// <param name="third">Whom the callee will talk to in the end; null when it is hung up on in this call.</param>
    /// <param name="scenario">What the callee plays; null for what fits <paramref name="third"/>.</param>
    public static async Task<SippTalk> StartAsync(SippServer server, SippPhone caller, SippPhone callee, SippPhone? third = null, string? scenario = null)
    {
        var signal = server.Signal();
        var called = await server.ListenAsync(scenario ?? (third is null ? "plain.callee" : "talker.callee"), callee, caller, values: ("third", third?.Number ?? ""));
        var calling = server.Start("talker.caller", caller, callee, values: ("signal", signal));
        return new SippTalk(caller, calling, called, await SippServer.SignalledAsync(signal, calling, called));
    }

    /// <summary>Both have been through their scenario.</summary>
    public async Task EndedAsync()
    {
        await SippServer.SucceedsAsync("talker.caller", _caller, _callee);
        await CalleeEndedAsync();
    }

    /// <summary>The called phone has been through its scenario.</summary>
    public Task CalleeEndedAsync() => SippServer.SucceedsAsync("callee", _callee, _caller);

    public void Dispose()
    {
        _caller.Dispose();
        _callee.Dispose();
    }
}
