using Tandem.Calls.Tenants;

namespace Tandem.Calls.Tests.Security;

public sealed class PermissionSetTests
{
    [Theory]
    [InlineData(Permission.CallsRead, "calls:read")]
    [InlineData(Permission.CdrRead, "cdr:read")]
    [InlineData(Permission.RoomsControl, "rooms:control")]
    public void A_permission_has_a_word(Permission permission, string word) => Assert.Equal(word, PermissionSet.Word(permission));

    [Fact]
    public void A_set_is_written_and_read_back()
    {
        var set = PermissionSet.Of(Permission.AuditRead, Permission.CallsRead);
        Assert.Equal("calls:read,audit:read", set.ToString());
        Assert.Equal(set, PermissionSet.Parse(" audit:read , calls:read,calls:read"));
        Assert.Equal("*", PermissionSet.All.ToString());
        Assert.Equal(PermissionSet.All, PermissionSet.Parse("*"));
        Assert.Equal(PermissionSet.None, PermissionSet.Parse("everything"));
    }

    [Fact]
    public void An_unknown_word_is_named()
    {
        Assert.True(PermissionSet.TryRead(["calls:read", "cdr:read"], out var set, out _));
        Assert.Equal(PermissionSet.Of(Permission.CallsRead, Permission.CdrRead), set);
        Assert.False(PermissionSet.TryRead(["calls:read", "calls:steal"], out _, out var unknown));
        Assert.Equal("calls:steal", unknown);
    }

    [Fact]
    public void Sets_are_compared_by_what_they_hold()
    {
        var one = PermissionSet.Of(Permission.CallsRead);
        var two = PermissionSet.Of(Permission.CallsRead, Permission.CdrRead);
        Assert.True(one.IsWithin(two));
        Assert.False(two.IsWithin(one));
        Assert.Equal(one, two.And(one));
        Assert.Equal(PermissionSet.Of(Permission.CdrRead), two.Except(one));
        Assert.True(PermissionSet.None.IsWithin(one));
    }

    [Fact]
    public void Only_the_operator_may_do_what_concerns_the_installation_or_other_tenants()
    {
        foreach (var permission in new[] { Permission.TenantsWrite, Permission.SystemRead, Permission.SystemWrite })
            Assert.Equal([Role.Operator], Enum.GetValues<Role>().Where(role => Roles.PermissionsOf(role).Contains(permission)));
    }

    [Theory]
    [InlineData(Role.Operator, "read-only,agent,supervisor,tenant-admin,operator")]
    [InlineData(Role.TenantAdmin, "read-only,agent,supervisor,tenant-admin")]
    [InlineData(Role.Supervisor, "read-only,agent,supervisor")]
    [InlineData(Role.Agent, "agent")]
    [InlineData(Role.ReadOnly, "read-only")]
    public void A_role_grants_no_more_than_its_own(Role mine, string granted)
    {
        var may = Enum.GetValues<Role>().Where(role => Roles.MayGrant(Roles.PermissionsOf(mine), role)).Select(Roles.Word);
        Assert.Equal(granted, string.Join(',', may));
    }

    [Fact]
    public void Every_role_has_a_word_that_finds_it()
    {
        foreach (var role in Enum.GetValues<Role>())
            Assert.Equal(role, Roles.Find(Roles.Word(role)));
        Assert.Null(Roles.Find("root"));
        Assert.Null(Roles.Find(null));
    }
}
