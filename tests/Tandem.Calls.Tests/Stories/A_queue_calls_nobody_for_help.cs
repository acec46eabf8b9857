using Tandem.Calls.Calls;
using Tandem.Calls.Events;
using Tandem.Calls.Queues;
using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Calls.Tests.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>Who shows or types 112 in a queue wants nobody's help: it would be the exchange that calls for it, past every cap, while an agent waits.</summary>
public sealed class A_queue_calls_nobody_for_help
{
    private static readonly TenantId Tenant = TenantId.Default;

    private readonly HelpRig _help = new(CallOptions.Default with { LastExtension = 199 });
    private readonly QueueSettings _sales = new() { Name = "sales", Number = "700", JoinWithoutAgents = true, CallbackKey = "1", CallbackTries = 2, CallbackExpiry = TimeSpan.Zero };

    // As it is, and as a rule makes it of what is typed.
    [Theory]
    [InlineData("_1XX", "2112#")]
    [InlineData("_0XXX", "20112#")]
    public void Whoever_types_it(string allowed, string keys)
    {
        _help.Rig.Set(new RoutingDocument { Rules = [new RuleBody { Id = "line", Numbers = ["_0X."], Actions = [new ActionBody { To = "{number}", Strip = 1 }] }] });
        Configure(_sales with { CallbackTo = allowed });
        var caller = ServedPhone.Dial(_help.Rig, _help.Ada, "700");
        caller.Press("1" + keys);
        _help.Rig.Run(0.5);
        caller.HangUp();
        NobodyIsCalled();
    }

    [Fact]
    public void Whoever_has_it()
    {
        _help.Rig.Extensions.Added.Add("112");
        var lou = _help.Rig.Phone("112");
        Configure(_sales);
        var caller = ServedPhone.Dial(_help.Rig, lou, "700");
        caller.Press("11");
        _help.Rig.Run(0.5);
        caller.HangUp();
        NobodyIsCalled();
    }

    // It was stored before the tenant had it for help.
    [Fact]
    public void Whatever_was_stored()
    {
        Configure(_sales);
        Queues.Restore(Tenant, new QueueCallback("01BEFORE", "sales", "112", "100", 7, DateTimeOffset.UnixEpoch.AddYears(60), 0), _help.Rig.Network.Now);
        Queues.LogIn(Tenant, "101", _help.Rig.Network.Now);
        _help.Rig.Run(0.5);
        var b = Talks.Answer(_help.Bob, _help.Bob.Expect("INVITE"), 40_000);
        b.Reply(_help.Bob.Expect("BYE"), 200);
        var last = _help.Rig.Events.All.OfType<QueueCallerEvent>().Last().Step;
        Assert.Equal(CallerStep.CallbackFailed, last.Kind);
        NobodyIsCalled();
    }

    private QueueDesk Queues => _help.Rig.Exchange.Queues;

    private void Configure(QueueSettings settings) => Queues.Configure(new StoredQueue(Tenant, settings, [new QueueMember("101")]), _help.Rig.Network.Now);

    private void NobodyIsCalled()
    {
        Queues.LogIn(Tenant, "101", _help.Rig.Network.Now);
        _help.Carrier.ExpectNothing(10);
        _help.Bob.ExpectNothing();
        Assert.Empty(Queues.Callbacks(Tenant, "sales", _help.Rig.Network.Now)!);
        Assert.Equal("", _help.Rig.Leftovers());
    }
}
