using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Calls;

/// <summary>Which calls a number takes part in, as other shards see it: the busy test, lamps, queues, and supervisors who follow the number.</summary>
public class CallTableTests
{
    private readonly ExchangeRig _rig = new();

    // A supervisor looks once, when he hears that a call of the group was answered: at that moment its shard says who of those who rang has it.
    [Fact]
    public async Task Who_rang_and_answers_is_in_the_call_all_the_time()
    {
        var call = Call("100", "103");
        await StaysAsync(call, "101", () =>
        {
            call.SetRinging(["101", "102"]);
            call.SetRinging(["101"]);
        });
        call.SetRinging(null);
        Assert.False(IsInCall("101"));
        Assert.False(IsInCall("102"));
    }

    [Fact]
    public async Task Who_calls_is_in_the_call_all_the_time_while_another_one_takes_it()
    {
        var call = Call("100", "103");
        var calls = call.Environment.Calls;
        await StaysAsync(call, "100", () =>
        {
            calls.Change(call, now => now with { CalleeNumber = "104" });
            calls.Change(call, now => now with { CalleeNumber = "103" });
        });
        Assert.False(IsInCall("104"));
        Assert.True(IsInCall("103"));
    }

    // Called by its own number and as a member of a group, while an older call of it ends.
    [Fact]
    public void A_number_that_is_in_a_call_twice_is_in_none_when_that_is_over()
    {
        var older = Call("100", "103");
        var second = _rig.Phone("102").Dial("103");
        second.Invite(Sdp.Audio(port: 30_000));
        _rig.Run(1);
        var call = _rig.Exchange.LiveCalls.Single(one => one != older);
        var calls = call.Environment.Calls;
        calls.Remove(older);
        call.SetRinging(["103", "104"]);
        Assert.Equal([call], calls.Of(TenantId.Default, "103", 10));
        call.SetRinging(null);
        calls.Remove(call);
        Assert.False(calls.IsInCall(TenantId.Default, "103"));
    }

    private LiveCall Call(string caller, string callee)
    {
        RingingCall.Make(_rig.Phone(caller), _rig.Phone(callee));
        return _rig.Exchange.LiveCalls.Single();
    }

    private bool IsInCall(string number) => _rig.Exchange.LiveCalls.Single().Environment.Calls.IsInCall(TenantId.Default, number);

    // Another thread looks as fast as it can while this one changes the call: as often as either needs to meet the other in the middle.
    private static async Task StaysAsync(LiveCall call, string number, Action change)
    {
        const int Enough = 100_000;
        var calls = call.Environment.Calls;
        change();
        var (looks, missed) = (0, 0);
        var isOver = false;
        var other = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    if (!calls.IsInCall(TenantId.Default, number) || calls.Of(TenantId.Default, number, 10).Length == 0)
                        missed++;
                    Volatile.Write(ref looks, looks + 1);
                }
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        for (var changes = 0; changes < Enough || Volatile.Read(ref looks) < Enough; changes++)
            change();
        Volatile.Write(ref isOver, true);
        await other;
        Assert.True(missed == 0, $"{number} was in no call {missed} of {looks} times");
    }
}
