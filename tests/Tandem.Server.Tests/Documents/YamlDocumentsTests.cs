using System.Text;

namespace Tandem.Server.Documents;

public class YamlDocumentsTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: [x, 'y', \"1\", 1, -2.5, true, null, ~, 007, +49, 1e3, yes, 09:00-17:00]", """{"a":["x","y","1",1,-2.5,true,null,null,"007","\u002B49","1e3","yes","09:00-17:00"]}""")]
    [InlineData("# only\na:\n  b: {c: d}\n  e:\n    - 1\n    - {f: g}\n", """{"a":{"b":{"c":"d"},"e":[1,{"f":"g"}]}}""")]
    [InlineData("1: one\n'*': star", """{"1":"one","*":"star"}""")]
    [InlineData("text: |\n  two\n  lines\n", """{"text":"two\nlines\n"}""")]
    [InlineData("just text", "\"just text\"")]
    public void Documents_become_JSON(string yaml, string json) => Assert.Equal(json, Encoding.UTF8.GetString(YamlDocuments.ToJson(yaml, out _)!));

    [Theory]
    [InlineData("a: &x 1\nb: *x", "line 1: anchors")]
    [InlineData("a: *x", "line 1: anchors")]
    [InlineData("a: 1\n---\nb: 2", "one document")]
    [InlineData("", "a document is expected")]
    [InlineData("a: [", "line ")]
    [InlineData("? [a]\n: b", "a key is a text")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[", "16 levels")]
    public void What_is_not_read_is_told_with_its_line(string yaml, string problem)
    {
        Assert.Null(YamlDocuments.ToJson(yaml, out var told));
        Assert.Contains(problem, told, StringComparison.Ordinal);
    }
}
