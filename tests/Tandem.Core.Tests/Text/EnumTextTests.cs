using Tandem.Core.Text;

namespace Tandem.Core.Tests.Text;

public class EnumTextTests
{
    private enum Sample
    {
        Ready,
        NotRegistered,
        AlsoNotRegistered = NotRegistered,
    }

    [Fact]
    public void Names_are_written_in_four_ways()
    {
        Assert.Equal(("READY", "READY", "ready", "ready"), All(Sample.Ready));
        Assert.Equal(("NOT_REGISTERED", "NOTREGISTERED", "notregistered", "notRegistered"), All(Sample.NotRegistered));
        Assert.Same(EnumText.Word(Sample.NotRegistered), EnumText.Word(Sample.AlsoNotRegistered));
    }

    [Fact]
    public void A_value_without_a_name_is_its_number() => Assert.Equal(("7", "7", "7", "7"), All((Sample)7));

    private static (string, string, string, string) All(Sample value) => (EnumText.Word(value), EnumText.Upper(value), EnumText.Lower(value), EnumText.Camel(value));
}
