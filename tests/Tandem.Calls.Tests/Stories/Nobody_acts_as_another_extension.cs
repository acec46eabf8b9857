using Tandem.Calls.Routing.Features;
using Tandem.Calls.Tenants;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Stories;

/// <summary>A transfer has the transferred party dial: neither its features nor what the transferor may not dial are in the transferor's hand.</summary>
public class Nobody_acts_as_another_extension
{
    [Theory]
    [InlineData("*72105")]
    [InlineData("*78")]
    public void A_transfer_to_a_code_changes_nothing_of_who_is_transferred(string code)
    {
        var call = new TalkingCall();
        call.Ada.Refer(call.A, $"<sip:{code}@198.51.100.1>");
        call.Rig.Run(20);
        Assert.Null(call.Rig.Routing.FeaturesOf(TenantId.Default, "101"));
        Assert.Null(call.Rig.Routing.FeaturesOf(TenantId.Default, "100"));
    }

    [Theory]
    [InlineData("102", "403 terminated")]
    [InlineData("103", "480 terminated")] // may be dialled, and is not there
    public void A_transfer_goes_only_where_the_transferor_may_dial(string target, string outcome)
    {
        var call = new TalkingCall();
        var cleo = call.Rig.Phone("102");
        call.Rig.Set("100", new ExtensionFeatures { AllowedDestinations = ["101", "103"] });
        call.Ada.Refer(call.A, $"<sip:{target}@198.51.100.1>");
        Assert.Equal(outcome, call.Ada.ExpectNotify(call.A));
        call.Rig.Run(1);
        Assert.Empty(cleo.Unread);
        Assert.Single(call.Rig.Calls);
    }
}
