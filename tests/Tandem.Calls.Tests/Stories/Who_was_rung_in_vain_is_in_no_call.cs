using Tandem.Calls.Routing.Rules;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Stories;

public class Who_was_rung_in_vain_is_in_no_call
{
    // A menu rings a group that does not answer, and its caller stays in the menu.
    [Fact]
    public void Though_the_caller_is_still_there()
    {
        var rig = new ExchangeRig();
        rig.Set(new RoutingDocument { Groups = [new GroupBody { Name = "sales", Members = ["101", "102"] }] });
        var phones = new[] { rig.Phone("101"), rig.Phone("102") };
        A_caller_is_transferred.To(rig, "group:sales", seconds: 5);
        var caller = ServedPhone.Dial(rig, rig.Phone("100"), "*43");
        var rung = phones.Select(phone => (Phone: phone, Invite: phone.Expect("INVITE"))).Select(one => (one.Phone, one.Invite, Dialog: one.Phone.Take(one.Invite))).ToList();
        foreach (var (_, invite, dialog) in rung)
            dialog.Reply(invite, 180);
        rig.Run(1);
        Assert.Equal(["101", "102"], rig.Exchange.LiveCalls.Single().Others);
        foreach (var (phone, invite, dialog) in rung)
            phone.TakeCancel(dialog, invite);

        rig.Run(1);
        var call = rig.Exchange.LiveCalls.Single();
        Assert.Null(call.Others);
        Assert.All(phones, phone => Assert.False(call.Environment.Calls.IsInCall(TenantId.Default, phone.Number)));
        caller.HangUp();
        Assert.Equal("", rig.Leftovers());
    }
}
