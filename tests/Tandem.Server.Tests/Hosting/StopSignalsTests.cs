namespace Tandem.Server.Hosting;

public sealed class StopSignalsTests
{
    [Fact]
    public async Task The_first_signal_asks_for_an_orderly_stop_and_the_second_for_an_immediate_one()
    {
        using var signals = new StopSignals(CancellationToken.None, listen: false);
        var asked = signals.WaitAsync();
        Assert.False(asked.IsCompleted);

        signals.Raise();
        await asked;
        Assert.True(signals.Stop.IsCancellationRequested);
        Assert.False(signals.Hurry.IsCancellationRequested);

        signals.Raise();
        Assert.True(signals.Hurry.IsCancellationRequested);
    }

    [Fact]
    public async Task An_outer_token_asks_for_an_orderly_stop_also_when_it_was_cancelled_before()
    {
        using var outer = new CancellationTokenSource();
        await outer.CancelAsync();

        using var signals = new StopSignals(outer.Token, listen: false);

        await signals.WaitAsync();
        Assert.False(signals.Hurry.IsCancellationRequested);
    }
}
