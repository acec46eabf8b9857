using Tandem.Calls.Trunks;
using Tandem.Testing.Exchange;
using Tandem.Testing.Phones;

namespace Tandem.Calls.Tests.Trunks.Registration;

/// <summary>What tests of registrations share.</summary>
internal static class RegistrationBench
{
    /// <summary>An exchange that follows its profiles, and a registrar at 203.0.113.1.</summary>
    public static (ExchangeRig Rig, Provider Provider) Rig()
    {
        var rig = new ExchangeRig();
        var provider = new Provider(rig.Network, ProfileSamples.ProviderAddress);
        rig.Exchange.StartProfiles();
        rig.Run(0.1);
        return (rig, provider);
    }

    public static ProfileState State(ExchangeRig rig) => rig.Exchange.Trunks.Find(new ProfileId("p1"))!;

    /// <summary>What people see of it.</summary>
    public static (ProfileStatus Status, int SipStatus, string Text, string ProviderText) Shown(ExchangeRig rig)
    {
        var state = State(rig);
        return (state.Status, state.SipStatus, state.Text, state.ProviderText);
    }
}
