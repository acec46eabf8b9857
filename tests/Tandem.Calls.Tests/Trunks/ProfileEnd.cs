using Tandem.Testing.Exchange;

namespace Tandem.Calls.Tests.Trunks;

/// <summary>The end of a story about profiles.</summary>
internal static class ProfileEnd
{
    /// <summary>No profile has a call any more, and with the profiles all is gone.</summary>
    public static void AssertOver(ExchangeRig rig)
    {
        foreach (var profile in rig.Profiles.All())
        {
            Assert.Equal(0, rig.Exchange.Trunks.UsageOf(profile.Id).Calls);
            rig.Profiles.Remove(profile.Id);
        }

        Assert.Equal("", rig.Leftovers());
    }
}
