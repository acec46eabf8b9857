using Tandem.Calls.Registrar;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>RFC 3327 §5.3.</summary>
public class PathTests
{
    private const string Contact = "Contact: <sip:100@192.0.2.7>";

    [Theory]
    [InlineData(true, "Supported: path", 200)]
    [InlineData(true, "Supported: gruu, PATH", 200)]
    [InlineData(true, "Supported: gruu", 420)]
    [InlineData(true, "Subject: none", 420)]
    [InlineData(false, "Subject: none", 200)]
    public void Path_needs_a_client_that_supports_it(bool needsSupport, string line, int status)
    {
        var rig = new RegistrarRig(new RegistrarOptions { PathNeedsSupport = needsSupport });

        var response = rig.Register(Contact, line, "Path: <sip:edge.example;lr>");

        Assert.Equal(status, response.Status);
        Assert.Equal(status == 420 ? "path" : "", response["Unsupported"]);
        Assert.Equal(status == 200 ? 1 : 0, rig.Table.Count);
    }

    [Fact]
    public void The_vector_is_stored_in_order_and_returned()
    {
        var rig = new RegistrarRig();

        var response = rig.Register(Contact, "Supported: path", "Path: <sip:p1.example;lr>;x=1, <sip:p2.example;lr>", "Path: <sip:p3.example;lr>");

        Assert.Equal(["<sip:p1.example;lr>;x=1, <sip:p2.example;lr>", "<sip:p3.example;lr>"], response.All("Path"));
        Assert.Contains("path", response["Supported"]);
        var binding = Assert.Single(rig.Lookup());
        Assert.Equal(["<sip:p1.example;lr>;x=1", "<sip:p2.example;lr>", "<sip:p3.example;lr>"], binding.Path);

        // The proxy sits in front of the phone: keeping a mapping open is its matter.
        Assert.False(binding.BehindNat);
        rig.Register(Contact);
        Assert.Empty(Assert.Single(rig.Lookup()).Path);
    }

    [Theory]
    [InlineData("Path: sip:edge.example;lr")]
    [InlineData("Path: <tel:100>")]
    [InlineData("Path: <sip:a>, <sip:b>, <sip:c>, <sip:d>, <sip:e>, <sip:f>, <sip:g>, <sip:h>, <sip:i>")]
    public void A_path_that_cannot_be_a_route_is_refused(string line)
    {
        var rig = new RegistrarRig();

        Assert.Equal(400, rig.Register(Contact, "Supported: path", line).Status);
        Assert.Equal(0, rig.Table.Count);
    }
}
