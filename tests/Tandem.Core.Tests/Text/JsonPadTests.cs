using System.Text;
using Tandem.Core.Text;
using Tandem.Testing;

namespace Tandem.Core.Tests.Text;

public class JsonPadTests
{
    [Fact]
    public void One_text_after_the_other_is_written_also_after_a_fault_and_a_long_one()
    {
        var pad = new JsonPad();
        Assert.Equal("""{"a":"first"}""", Write(pad, "first"));

        // Begun and not ended.
        pad.Begin().WriteStartArray();
        Assert.Equal("""{"a":"second"}""", Write(pad, "second"));

        var text = new string('x', 100_000);
        Assert.Equal($$"""{"a":"{{text}}"}""", Write(pad, text));
        Assert.Equal("""{"a":"third"}""", Write(pad, "third"));
    }

    [Fact]
    public void Texts_make_no_garbage()
    {
        var pad = new JsonPad();
        Assert.Equal(0, Garbage.Of(() =>
        {
            for (var i = 0; i < 100; i++)
                Fill(pad);
        }));
    }

    private static void Fill(JsonPad pad)
    {
        var json = pad.Begin();
        json.WriteStartObject();
        json.WriteString("a"u8, "text"u8);
        json.WriteEndObject();
        if (pad.End().Length != 12)
            throw new InvalidOperationException("not the text that was written");
    }

    private static string Write(JsonPad pad, string text)
    {
        var json = pad.Begin();
        json.WriteStartObject();
        json.WriteString("a"u8, text);
        json.WriteEndObject();
        return Encoding.UTF8.GetString(pad.End());
    }
}
