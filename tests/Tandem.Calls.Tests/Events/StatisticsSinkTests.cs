using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Events;

public class StatisticsSinkTests
{
    private readonly StatisticsSink _sink = new(historySize: 3);

    [Fact]
    public void Nothing_is_zero()
    {
        var calls = _sink.Calls(TenantId.Default);

        Assert.Equal((0, 0, 0, 0.0), (calls.TotalCalls, calls.CompletedCalls, calls.AnsweredCalls, calls.AverageDurationSeconds));
        Assert.Empty(calls.EndedByReason);
        Assert.Equal(0, _sink.RegistrationHistoryCount(TenantId.Default));
    }

    [Fact]
    public void The_mean_duration_is_that_of_answered_calls()
    {
        Run("A", 10, EndReason.Completed);
        Run("B", 5, EndReason.Completed);
        Run("C", null, EndReason.Busy);
        _sink.Publish(new CallCreated(Samples.Call("D"), Samples.Start));

        var calls = _sink.Calls(TenantId.Default);

        Assert.Equal(4, calls.TotalCalls);
        Assert.Equal(3, calls.CompletedCalls);
        Assert.Equal(2, calls.AnsweredCalls);
        Assert.Equal(7.5, calls.AverageDurationSeconds);
        Assert.Equal(new Dictionary<EndReason, long> { [EndReason.Completed] = 2, [EndReason.Busy] = 1 }, calls.EndedByReason);
    }

    [Fact]
    public void Clearing_the_calls_starts_again_and_leaves_the_registrations()
    {
        Run("A", 10, EndReason.Completed);
        _sink.Publish(Samples.Registration());

        _sink.ClearCalls(TenantId.Default);

        Assert.Equal(0, _sink.Calls(TenantId.Default).TotalCalls);
        Assert.Equal(0, _sink.Calls(TenantId.Default).AverageDurationSeconds);
        Assert.Empty(_sink.Calls(TenantId.Default).EndedByReason);
        Assert.Equal(1, _sink.RegistrationHistoryCount(TenantId.Default));
    }

    [Fact]
    public void The_registration_history_keeps_the_newest_records_oldest_first()
    {
        foreach (var number in new[] { "100", "101", "102", "103" })
            _sink.Publish(Samples.Registration(number: number));
        _sink.Publish(Samples.Registration(RegistrationChange.Expired, "103"));

        var history = _sink.RegistrationHistory(TenantId.Default);

        Assert.Equal(["102 Registered", "103 Registered", "103 Expired"], history.Select(r => $"{r.Number} {r.Change}"));
        Assert.Equal(("192.0.2.7", 5062, 3_600, Samples.Start), (history[0].Address, history[0].Port, history[0].ExpiresSeconds, history[0].At));
        Assert.Equal("103 Registered", string.Join(",", _sink.RegistrationHistory(TenantId.Default, 1, 1).Select(r => $"{r.Number} {r.Change}")));

        _sink.ClearRegistrations(TenantId.Default);
        Assert.Empty(_sink.RegistrationHistory(TenantId.Default));
    }

    [Fact]
    public void Tenants_do_not_see_each_other()
    {
        Run("A", 10, EndReason.Completed);

        Assert.Equal(0, _sink.Calls(new TenantId("other")).TotalCalls);
    }

    private void Run(string id, double? talked, EndReason reason)
    {
        _sink.Publish(new CallCreated(Samples.Call(id), Samples.Start));
        _sink.Publish(new CallEnded(Samples.Call(id), Samples.Record(id, talked, reason), Samples.Start));
    }
}
