namespace Tandem.Scenarios.Peers;

/// <summary>Whoever owns a mailbox, at his phone with a lamp (<see cref="BaresipOptions.HasLamp"/>).</summary>
internal static class MailboxOwner
{
    /// <summary>Calls his mailbox and hears its first message to the end: the lamp goes out.</summary>
    public static async Task HearMessageAsync(this Baresip owner, TandemServer server, int seconds)
    {
        await owner.DialAsync("*97");
        await owner.EventAsync("CALL_ESTABLISHED", seconds);
        await owner.PressAsync('1');
        await server.EventuallyAsync(
            $"/api/v1/mailboxes/{owner.Options.Number}/messages", r => r.GetProperty("data")[0].GetProperty("heard").GetBoolean(), "the message was played", seconds);
        await owner.LampAsync(isOn: false, seconds);
        await owner.HangUpAsync();
        await owner.EventAsync("CALL_CLOSED", seconds);
    }

    /// <summary>Waits until the lamp is told that messages wait, or none (RFC 3842).</summary>
    public static async Task LampAsync(this Baresip owner, bool isOn, int seconds)
    {
        var state = $"Messages-Waiting: {(isOn ? "yes" : "no")}";
        while (!(await owner.EventAsync("MWI_NOTIFY", seconds)).GetProperty("param").GetString()!.Contains(state, StringComparison.OrdinalIgnoreCase))
        {
            // An earlier state; the one that is waited for comes behind it.
        }
    }
}
