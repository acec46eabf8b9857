using System.Text;
using Tandem.Calls.Registrar;

namespace Tandem.Calls.Tests.Registrar;

/// <summary>RFC 5626 §4.1, RFC 2141 §5.</summary>
public class InstanceIdTests
{
    [Theory]
    [InlineData("<urn:uuid:00000000-0000-1000-8000-000A95A0E128>", "<URN:UUID:00000000-0000-1000-8000-000a95a0e128>", true)]
    [InlineData("<urn:gsma:imei:90420156-025763-0>", "<URN:GSMA:imei:90420156-025763-0>", true)]
    [InlineData("<urn:gsma:imei:90420156-025763-0>", "<urn:gsma:IMEI:90420156-025763-0>", false)]
    [InlineData("<urn:uuid:1>", "<urn:uuid:2>", false)]
    [InlineData("", "", false)]
    public void Instances_are_compared_as_names(string left, string right, bool equal)
    {
        Assert.Equal(equal, InstanceId.Equals(left, right));
        Assert.Equal(equal, InstanceId.Equals(left, Encoding.UTF8.GetBytes(right)));
        Assert.Equal(equal && left.Length > 0, left.Length > 0 && InstanceId.Canonical(left) == InstanceId.Canonical(right));
    }

    [Theory]
    [InlineData("<urn:uuid:1>", true)]
    [InlineData("<URN:uuid:1>", true)]
    [InlineData("<urn:>", false)]
    [InlineData("urn:uuid:1", false)]
    [InlineData("<urn:uuid:1", false)]
    [InlineData("<urn:uuid:1 2>", false)]
    [InlineData("<urn:uuid:1><x>", false)]
    [InlineData("<urn:uuid:é>", false)]
    [InlineData("<http://phone>", false)]
    public void Only_names_that_can_be_written_back_are_taken(string value, bool valid) =>
        Assert.Equal(valid, InstanceId.IsValid(Encoding.UTF8.GetBytes(value)));
}
