using Tandem.Calls.Calls;
using Tandem.Calls.Queues;
using Tandem.Calls.Recording;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>The rule of a queue comes into force when its caller gets an agent: behind the rules of the two extensions, before those of trunk and tenant.</summary>
public class A_queue_has_a_rule_of_recording
{
    private static readonly TenantId Tenant = TenantId.Default;

    [Theory]
    [InlineData("", CallRecordingState.None)]
    [InlineData("queue:sales=always", CallRecordingState.Recording)]
    [InlineData("queue:other=always", CallRecordingState.None)]
    [InlineData("tenant=always queue:sales=never", CallRecordingState.None)]
    [InlineData("tenant=never queue:sales=always", CallRecordingState.Recording)]
    [InlineData("queue:sales=always extension:101=never", CallRecordingState.None)]
    [InlineData("queue:sales=never extension:101=always", CallRecordingState.Recording)]
    [InlineData("queue:sales=always extension:100=on-demand", CallRecordingState.None)]
    public void It_stands_between_extensions_and_trunk(string rules, CallRecordingState expected)
    {
        var rig = new ExchangeRig();
        foreach (var rule in rules.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            rig.Kept.Recording[rule.Split('=')[0]] = new RecordingRule
            {
                Mode = rule.Split('=')[1] switch { "always" => RecordingMode.Always, "never" => RecordingMode.Never, _ => RecordingMode.OnDemand },
            };
        }

        var (ada, bob) = (rig.Phone("100"), rig.Phone("101"));
        rig.Exchange.Queues.Configure(new StoredQueue(Tenant, new QueueSettings { Name = "sales", Number = "700" }, [new("101")]), rig.Network.Now);
        rig.Exchange.Queues.LogIn(Tenant, "101", rig.Network.Now);
        var caller = ServedPhone.Dial(rig, ada, "700");
        var invite = bob.Expect("INVITE");
        var b = bob.Take(invite);
        b.Reply(invite, 200, Sdp.Audio(port: 40_000));
        bob.Expect("ACK");
        rig.Run(0.5);
        Assert.Equal(expected, Assert.Single(rig.Calls).Recording);
        caller.Dialog.Send("BYE");
        ada.Expect("200 BYE");
        b.Reply(bob.Expect("BYE"), 200);
        rig.Run(0.5);
        Assert.Equal("", rig.Leftovers());
    }
}
