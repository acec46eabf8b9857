using Tandem.Calls.Registrar;
using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>Bindings end on time, by their own timers.</summary>
public class ExpiryTests
{
    private const string A = "sip:100@192.0.2.7";

    [Fact]
    public void A_binding_ends_to_the_millisecond()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <{A}>;expires=100");

        rig.AdvanceSeconds(99.999);
        Assert.Equal([A], rig.Contacts());
        Assert.Equal("<sip:100@192.0.2.7>;expires=1", rig.Register()["Contact"]);

        rig.AdvanceSeconds(0.001);
        Assert.Empty(rig.Contacts());
        Assert.Empty(rig.Store.Bindings);
        Assert.Equal(["Registered " + A, "Expired " + A], rig.Events);
        Assert.Equal(1, rig.Service.Counters.Expired);
        Assert.False(rig.Register().Has("Contact"));
    }

    [Fact]
    public void A_refresh_moves_the_end()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <{A}>;expires=100");
        rig.AdvanceSeconds(90);
        rig.Register($"Contact: <{A}>;expires=100");

        rig.AdvanceSeconds(99.999);
        Assert.Equal([A], rig.Contacts());
        rig.AdvanceSeconds(0.001);
        Assert.Empty(rig.Contacts());
    }

    [Fact]
    public void Each_contact_has_its_own_end()
    {
        var rig = new RegistrarRig();
        rig.Register($"Contact: <{A}>;expires=60, <sip:100@192.0.2.8>;expires=120");

        rig.AdvanceSeconds(60);
        Assert.Equal(["sip:100@192.0.2.8"], rig.Contacts());
        rig.AdvanceSeconds(60);
        Assert.Empty(rig.Contacts());
        Assert.Equal(0, rig.Table.Count);
    }

    [Fact]
    public void Ten_thousand_bindings_end_one_by_one_without_a_scan()
    {
        var options = new RegistrarOptions { MinExpiresSeconds = 1 };
        var rig = new RegistrarRig(options, extensions: new ExtensionRange(10_000, 19_999));
        for (var n = 10_000; n < 20_000; n++)
            rig.Directory.Extensions[$"{n}"] = rig.Directory.Extensions["100"] with { Number = $"{n}" };

        // Extension n lives n - 9,999 seconds.
        for (var n = 10_000; n < 20_000; n++)
            Assert.Equal(200, rig.RegisterAs($"{n}", $"c{n}", 1, $"Contact: <sip:{n}@192.0.2.7>;expires={n - 9_999}").Status);

        // Timer J of 10,000 server transactions ends after 32 s; from then on the wheel holds one timer a binding and no other.
        rig.AdvanceSeconds(40);
        Assert.Equal(9_960, rig.Table.Count);
        Assert.Equal(9_960, rig.Wheel.Count);

        // A second fires the one timer that is due in it: no work grows with the number of bindings.
        for (var second = 41; second <= 100; second++)
        {
            var before = rig.Fired;
            rig.AdvanceSeconds(1);
            Assert.Equal(before + 1, rig.Fired);
            Assert.Equal(10_000 - second, rig.Table.Count);
            Assert.Equal(10_000 - second, rig.Wheel.Count);
        }

        var left = rig.Fired + 9_900;
        rig.AdvanceSeconds(9_900);
        Assert.Equal(left, rig.Fired);
        Assert.Equal(0, rig.Table.Count);
        Assert.Equal(0, rig.Wheel.Count);
        Assert.Empty(rig.Table.All(TenantId.Default));
        Assert.Equal(10_000, rig.Service.Counters.Expired);
    }
}
