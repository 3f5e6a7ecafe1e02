//! Finds in the code every statement that a database is given.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{
    Expr, FnArg, ImplItemFn, ItemConst, ItemFn, ItemMod, Pat, Token,
    parse::Parser as _,
    punctuated::Punctuated,
    spanned::Spanned as _,
    visit::{self, Visit},
};

use super::forms::{Constants, EvaluationContext, Form, Forms, Scopes};

/// A statement as it stands in the code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    pub text: String,
    pub file: String,
    pub line: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    pub statements: BTreeSet<Statement>,
    /// The files that put statements together, each with a function that lists them.
    pub put_together: BTreeSet<String>,
    /// What cannot be seen: where, and why.
    pub unseen: BTreeSet<String>,
}

/// How many functions may stand between a statement and the database.
const DEEPEST: usize = 4;

/// Finds the statements of these files: each a path and what stands in it.
pub fn statements(files: &[(String, String)]) -> Found {
    let mut found = Found::default();
    let mut parsed = Vec::new();
    let mut constants = Constants::default();
    for (path, text) in files {
        let file = match syn::parse_file(text) {
            Ok(file) => file,
            Err(error) => {
                found.unseen.insert(format!("{path}: {error}"));
                continue;
            }
        };
        Gathering(path, &mut constants).visit_file(&file);
        parsed.push((path, file));
    }
    for (path, file) in &parsed {
        read(path, file, &constants, &mut found);
    }
    found
}

fn read(path: &str, file: &syn::File, constants: &Constants, found: &mut Found) {
    // Whoever passes a statement on is asked for what they are given, until nobody does.
    let mut passing = BTreeSet::new();
    for _ in 0..DEEPEST {
        let mut reader = Reader {
            path,
            constants,
            scopes: Scopes::default(),
            passing: &passing,
            given: Vec::new(),
            looked_at: BTreeSet::new(),
            public: BTreeSet::new(),
            functions: BTreeMap::new(),
        };
        reader.visit_file(file);
        let parameters = reader
            .given
            .iter()
            .flat_map(|(_, forms)| forms.iter().flatten());
        let more: BTreeSet<(String, usize)> = parameters
            .filter_map(|form| match form {
                Form::Parameter(name, place) => Some((name.clone(), *place)),
                _ => None,
            })
            .collect();
        if more.is_subset(&passing) {
            reader.tell(file, found);
            return;
        }
        passing.extend(more);
    }
    let why = "a statement goes through too many functions";
    found.unseen.insert(format!("{path}: {why}"));
}

/// Whether something is there for tests only.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.path().is_ident("test")
            || it
                .path()
                .segments
                .last()
                .is_some_and(|it| it.ident == "test")
            || matches!(&it.meta, syn::Meta::List(list)
                if list.path.is_ident("cfg") && list.tokens.to_string() == "test")
    })
}

struct Gathering<'a>(&'a str, &'a mut Constants);

impl<'a> Visit<'a> for Gathering<'_> {
    fn visit_item_const(&mut self, it: &'a ItemConst) {
        self.1.put(&it.ident.to_string(), self.0, &it.expr);
    }
}

struct Reader<'a> {
    path: &'a str,
    constants: &'a Constants,
    scopes: Scopes,
    /// Functions of this file that pass one of their parameters on as a statement.
    passing: &'a BTreeSet<(String, usize)>,
    /// What is given to the database.
    given: Vec<(Span, Forms)>,
    /// Where sqlx was named and understood.
    looked_at: BTreeSet<(usize, usize)>,
    /// Functions that other files can call.
    public: BTreeSet<String>,
    /// What each function of this file calls.
    functions: BTreeMap<String, BTreeSet<String>>,
}

impl Reader<'_> {
    fn forms(&self, expression: &Expr) -> Forms {
        let context = EvaluationContext {
            file: self.path,
            constants: self.constants,
            scopes: &self.scopes,
        };
        context.forms(expression)
    }

    fn give(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            let forms = self.forms(expression);
            self.given.push((expression.span(), forms));
        }
    }

    fn function(&mut self, name: &syn::Ident, signature: &syn::Signature, is_public: bool) {
        let name = name.to_string();
        let typed = signature.inputs.iter().filter_map(|it| match it {
            FnArg::Typed(it) => Some(&*it.pat),
            FnArg::Receiver(_) => None,
        });
        for (place, pattern) in typed.enumerate() {
            let forms = Ok(vec![Form::Parameter(name.clone(), place)]);
            self.bind(pattern, forms);
        }
        if is_public {
            self.public.insert(name);
        }
    }

    /// Binds the names of a pattern: a single name to what it stands for, others to what cannot be seen.
    fn bind(&mut self, pattern: &Pat, forms: Forms) {
        match pattern {
            Pat::Ident(it) if it.subpat.is_none() => self.scopes.bind(&it.ident.to_string(), forms),
            Pat::Type(it) => self.bind(&it.pat, forms),
            Pat::TupleStruct(it) if it.path.is_ident("Some") && it.elems.len() == 1 => {
                self.bind(&it.elems[0], forms);
            }
            other => {
                let mut names = Names::default();
                names.visit_pat(other);
                for name in names.0 {
                    let why = format!("`{name}` is taken out of something");
                    self.scopes.bind(&name, Err(why));
                }
            }
        }
    }

    /// What was found, once it is known who passes statements on.
    fn tell(self, file: &syn::File, found: &mut Found) {
        let path = self.path;
        let mut unseen = |span: Span, why: &str| {
            let line = span.start().line;
            found.unseen.insert(format!("{path}:{line}: {why}"));
        };
        let listed = self.functions.get("statements");
        for (span, forms) in self.given {
            let forms = match forms {
                Ok(forms) => forms,
                Err(why) => {
                    unseen(span, &why);
                    continue;
                }
            };
            for form in forms {
                match form {
                    Form::Text { text, file, line } => {
                        let statement = Statement { text, file, line };
                        found.statements.insert(statement);
                    }
                    Form::PutTogether(name) => {
                        if !listed.is_some_and(|listed| listed.contains(&name)) {
                            let why = "lists none of its forms in this file";
                            unseen(
                                span,
                                &format!("`{name}` puts it together, and `statements` {why}"),
                            );
                        }
                        found.put_together.insert(path.to_owned());
                    }
                    Form::Parameter(name, _) if self.public.contains(&name) => {
                        unseen(span, &format!("other files can give it to `{name}`"));
                    }
                    Form::Parameter(..) => {}
                }
            }
        }
        if listed.is_some() {
            found.put_together.insert(path.to_owned());
        }
        let mut named = Vec::new();
        for item in file.items.iter().filter(|it| !is_test(attributes(it))) {
            let tokens = item.to_token_stream();
            named_in(tokens, &mut named);
        }
        for (span, what) in named {
            let at = span.start();
            if !self.looked_at.contains(&(at.line, at.column)) {
                unseen(
                    span,
                    &format!("{what} is not called as `sqlx::query…(TEXT)`"),
                );
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_mod(&mut self, it: &'ast ItemMod) {
        if !is_test(&it.attrs) {
            visit::visit_item_mod(self, it);
        }
    }

    fn visit_item_fn(&mut self, it: &'ast ItemFn) {
        if is_test(&it.attrs) {
            return;
        }
        let mut calls = Calls::default();
        calls.visit_block(&it.block);
        self.functions.insert(it.sig.ident.to_string(), calls.0);
        self.scopes.enter();
        let is_public = !matches!(it.vis, syn::Visibility::Inherited);
        self.function(&it.sig.ident, &it.sig, is_public);
        visit::visit_item_fn(self, it);
        self.scopes.leave();
    }

    fn visit_impl_item_fn(&mut self, it: &'ast ImplItemFn) {
        self.scopes.enter();
        let is_public = !matches!(it.vis, syn::Visibility::Inherited);
        self.function(&it.sig.ident, &it.sig, is_public);
        visit::visit_impl_item_fn(self, it);
        self.scopes.leave();
    }

    fn visit_block(&mut self, it: &'ast syn::Block) {
        self.scopes.enter();
        visit::visit_block(self, it);
        self.scopes.leave();
    }

    fn visit_local(&mut self, it: &'ast syn::Local) {
        visit::visit_local(self, it);
        let forms = match &it.init {
            Some(init) => self.forms(&init.expr),
            None => Err("it is set later".to_owned()),
        };
        self.bind(&it.pat, forms);
    }

    fn visit_expr_for_loop(&mut self, it: &'ast syn::ExprForLoop) {
        let forms = self.forms(&it.expr);
        self.visit_expr(&it.expr);
        self.scopes.enter();
        self.bind(&it.pat, forms);
        self.visit_block(&it.body);
        self.scopes.leave();
    }

    fn visit_expr_closure(&mut self, it: &'ast syn::ExprClosure) {
        self.scopes.enter();
        for input in &it.inputs {
            self.bind(input, Err("a closure is given it".to_owned()));
        }
        visit::visit_expr_closure(self, it);
        self.scopes.leave();
    }

    fn visit_arm(&mut self, it: &'ast syn::Arm) {
        self.scopes.enter();
        self.bind(&it.pat, Err("an arm takes it out of something".to_owned()));
        visit::visit_arm(self, it);
        self.scopes.leave();
    }

    fn visit_expr_if(&mut self, it: &'ast syn::ExprIf) {
        self.scopes.enter();
        if let Expr::Let(condition) = &*it.cond {
            let forms = self.forms(&condition.expr);
            self.bind(&condition.pat, forms);
        }
        visit::visit_expr_if(self, it);
        self.scopes.leave();
    }

    fn visit_expr_call(&mut self, it: &'ast syn::ExprCall) {
        if let Expr::Path(function) = &*it.func {
            let segments = &function.path.segments;
            let last = segments.last().map(|it| it.ident.to_string());
            let last = last.unwrap_or_default();
            if segments.len() == 2 && segments[0].ident == "sqlx" && takes_a_statement(&last) {
                let at = segments[0].ident.span().start();
                self.looked_at.insert((at.line, at.column));
                self.give(it.args.first());
            }
            for (_, place) in self.passing.iter().filter(|(name, _)| *name == last) {
                self.give(it.args.get(*place));
            }
        }
        visit::visit_expr_call(self, it);
    }

    fn visit_expr_method_call(&mut self, it: &'ast syn::ExprMethodCall) {
        let name = it.method.to_string();
        if name == "begin_with" {
            self.give(it.args.first());
        }
        for (_, place) in self.passing.iter().filter(|(known, _)| *known == name) {
            self.give(it.args.get(*place));
        }
        visit::visit_expr_method_call(self, it);
    }

    /// What is given to a macro is looked at if it is a list of expressions.
    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(parts) = parser.parse2(it.tokens.clone()) {
            for part in &parts {
                self.visit_expr(part);
            }
        }
    }
}

/// Whether a function of sqlx takes a statement.
fn takes_a_statement(name: &str) -> bool {
    name.starts_with("query") || name == "raw_sql"
}

/// The places where a statement could be given to sqlx.
fn named_in(tokens: TokenStream, named: &mut Vec<(Span, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => named_in(group.stream(), named),
            TokenTree::Ident(word)
                if ["Executor", "QueryBuilder", "SqlStr"]
                    .iter()
                    .any(|it| word == it) =>
            {
                named.push((word.span(), format!("`{word}`")));
            }
            TokenTree::Ident(word) if word == "sqlx" => match after_path(&tokens[at + 1..]) {
                Some(TokenTree::Group(imported)) => imported_in(imported.stream(), named),
                Some(TokenTree::Ident(name)) if takes_a_statement(&name.to_string()) => {
                    // `sqlx::query::Query` is a type.
                    let further = after_path(&tokens[at + 4..]);
                    if !matches!(further, Some(TokenTree::Ident(_) | TokenTree::Group(_))) {
                        named.push((word.span(), format!("`sqlx::{name}`")));
                    }
                }
                Some(TokenTree::Punct(all)) if all.as_char() == '*' => {
                    named.push((word.span(), "`sqlx::*`".to_owned()));
                }
                None if matches!(tokens.get(at + 1), Some(TokenTree::Ident(word)) if word == "as") =>
                {
                    named.push((word.span(), "`sqlx` under another name".to_owned()));
                }
                _ => {}
            },
            _ => {}
        }
    }
}

/// Whether functions are imported from sqlx, so that they could be called without its name.
fn imported_in(tokens: TokenStream, named: &mut Vec<(Span, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word)
                if takes_a_statement(&word.to_string())
                    && after_path(&tokens[at + 1..]).is_none() =>
            {
                named.push((word.span(), format!("`{word}` without `sqlx::`")));
            }
            TokenTree::Punct(all) if all.as_char() == '*' => {
                named.push((all.span(), "`sqlx::*`".to_owned()));
            }
            _ => {}
        }
    }
}

/// What stands after `::`.
fn after_path(tokens: &[TokenTree]) -> Option<&TokenTree> {
    let is_colon = |it: &TokenTree| matches!(it, TokenTree::Punct(it) if it.as_char() == ':');
    match tokens {
        [first, second, after, ..] if is_colon(first) && is_colon(second) => Some(after),
        _ => None,
    }
}

fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    match item {
        syn::Item::Fn(it) => &it.attrs,
        syn::Item::Mod(it) => &it.attrs,
        syn::Item::Impl(it) => &it.attrs,
        _ => &[],
    }
}

/// The names that a pattern binds.
#[derive(Default)]
struct Names(Vec<String>);

impl<'a> Visit<'a> for Names {
    fn visit_pat_ident(&mut self, it: &'a syn::PatIdent) {
        self.0.push(it.ident.to_string());
    }
}

/// The functions that are called.
#[derive(Default)]
struct Calls(BTreeSet<String>);

impl<'a> Visit<'a> for Calls {
    fn visit_expr_path(&mut self, it: &'a syn::ExprPath) {
        self.0
            .extend(it.path.segments.last().map(|it| it.ident.to_string()));
    }

    fn visit_macro(&mut self, it: &'a syn::Macro) {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(parts) = parser.parse2(it.tokens.clone()) {
            for part in &parts {
                self.visit_expr(part);
            }
        }
    }
}
